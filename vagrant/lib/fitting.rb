module Tripod
  # Vagrant asks every part of its configuration whether something is wrong, in `vagrant validate` and before it makes a machine. This
  # part says where an inventory does not fit the provider that was chosen.
  class Fitting < Vagrant.plugin("2", :config)
    attr_accessor :inventory

    def validate(machine)
      provider = PROVIDERS[machine.provider_name]
      problems = provider ? self.class.problems(inventory, provider) : ["the Vagrantfile knows #{PROVIDERS.keys.join(", ")}"]
      { inventory.file => problems }
    end

    def self.problems(inventory, provider)
      [*outside(inventory), *provider.problems(inventory)]
    end

    # Between two private networks there would be no router.
    def self.outside(inventory)
      network = "#{inventory.subnet}/#{inventory.prefix}"
      everybody(inventory).reject { |_, address| inventory.subnet.include?(address) }.map do |who, address|
        "#{who} has #{address}, which is not in #{network}: Vagrant's machines have one network, " \
          "which is loadBalancer.subnet or the /24 around the first master"
      end
    end

    # Whoever has the address that is this machine's own in the private network.
    def self.taken(inventory, own, whose)
      everybody(inventory).select { |_, address| address == own }.map do |who, address|
        "#{who} has #{address}, which is #{whose}: take another one"
      end
    end

    def self.everybody(inventory)
      [["the VIP", inventory.vip], *inventory.machines.map { |machine| [machine.name, machine.address] }]
    end
  end

  # By the names that Vagrant has for them.
  PROVIDERS = {}

  class Plugin < Vagrant.plugin("2")
    name "tripod"
    config(:tripod) { Fitting }
  end
end
