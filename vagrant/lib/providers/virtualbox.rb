require_relative "../fitting"

module Tripod
  # Virtual machines in VirtualBox: a NAT interface with a route out, and one in a host-only network with the inventory's address.
  module VirtualBox
    # The range in which VirtualBox 6.1.28 and later allow host-only networks, unless the file sets others: its manual, "Host-Only Networking".
    ALLOWED = "192.168.56.0/21".freeze
    NETWORKS_CONF = "/etc/vbox/networks.conf".freeze

    module_function

    def define(node, machine, inventory)
      node.vm.provider "virtualbox" do |virtualbox, override|
        override.vm.box = machine.box || "debian/bookworm64"
        override.vm.network "private_network", ip: machine.address, netmask: inventory.netmask
        virtualbox.name = "#{inventory.name}-#{machine.name}"
        virtualbox.memory = machine.memory
        virtualbox.cpus = machine.cpus
        virtualbox.linked_clone = true
      end
    end

    def problems(inventory, networks_conf: NETWORKS_CONF)
      own = inventory.subnet.succ.to_s
      [*forbidden(inventory, networks_conf), *Fitting.taken(inventory, own, "this machine's own in VirtualBox's host-only network")]
    end

    def forbidden(inventory, networks_conf)
      return [] if Gem.win_platform?

      ranges = allowed(networks_conf)
      return [] if ranges.any? { |range| range.include?(inventory.subnet) }

      network = "#{inventory.subnet}/#{inventory.prefix}"
      where = File.exist?(networks_conf) ? "which #{networks_conf} does not allow" : "which is outside #{ALLOWED}"
      ["VirtualBox would refuse the host-only network #{network}, #{where}. Choose addresses in an allowed range, or add the line " \
       "`* #{network}` to #{networks_conf}"]
    end

    # Lines of `* RANGE RANGE ...`. If the file exists, it replaces the default.
    def allowed(networks_conf)
      return [IPAddr.new(ALLOWED)] unless File.exist?(networks_conf)

      lines = File.readlines(networks_conf).grep(/^\s*\*/)
      lines.flat_map { |line| line.sub("*", "").split }.map { |range| IPAddr.new(range) }.select(&:ipv4?)
    end
  end

  PROVIDERS[:virtualbox] = VirtualBox
end
