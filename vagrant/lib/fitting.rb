module Tripod
  # Vagrant validates every part of its configuration, in `vagrant validate` and before it creates a machine. This part reports where an
  # inventory does not fit the chosen provider.
  class Fitting < Vagrant.plugin("2", :config)
    attr_accessor :inventory

    def validate(machine)
      provider = PROVIDERS[machine.provider_name]
      problems = provider ? self.class.problems(inventory, provider) : ["unknown provider: use one of #{PROVIDERS.keys.join(", ")}"]
      { inventory.file => problems }
    end

    def self.problems(inventory, provider)
      [*outside(inventory), *provider.problems(inventory)]
    end

    # There is no router between two private networks.
    def self.outside(inventory)
      network = "#{inventory.subnet}/#{inventory.prefix}"
      everybody(inventory).reject { |_, address| inventory.subnet.include?(address) }.map do |who, address|
        "#{who} has #{address}, which is not in #{network}: Vagrant's machines have one network, " \
          "loadBalancer.subnet or the /24 around the first master"
      end
    end

    # The machine or the VIP that has this machine's own address in the private network.
    def self.taken(inventory, own, whose)
      everybody(inventory).select { |_, address| address == own }.map do |who, address|
        "#{who} has #{address}, which is #{whose}: choose another one"
      end
    end

    def self.everybody(inventory)
      [["the VIP", inventory.vip], *inventory.machines.map { |machine| [machine.name, machine.address] }]
    end
  end

  # By Vagrant's names.
  PROVIDERS = {}

  class Plugin < Vagrant.plugin("2")
    name "tripod"
    config(:tripod) { Fitting }
  end
end
