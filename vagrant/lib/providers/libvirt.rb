require_relative "../fitting"

module Tripod
  # Virtual machines in libvirt: the management network has a route out, and a network of the cluster has the inventory's addresses.
  module Libvirt
    module_function

    def define(node, machine, inventory)
      node.vm.provider "libvirt" do |libvirt, override|
        override.vm.box = machine.box || "debian/bookworm64"
        override.vm.network "private_network", ip: machine.address, netmask: inventory.netmask,
                                               libvirt__network_name: "tripod-#{inventory.name}",
                                               libvirt__dhcp_enabled: false, libvirt__forward_mode: "none"
        libvirt.default_prefix = "#{inventory.name}-"
        libvirt.memory = machine.memory
        libvirt.cpus = machine.cpus
        # Networks belong to the system's libvirt, not to a user's session.
        libvirt.qemu_use_session = false
      end
    end

    def problems(inventory)
      Fitting.taken(inventory, inventory.subnet.succ.to_s, "this machine's own in libvirt's network")
    end
  end

  PROVIDERS[:libvirt] = Libvirt
end
