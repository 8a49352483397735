require_relative "../bridge"
require_relative "../fitting"

module Tripod
  # System containers, for machines without a hypervisor. One interface, on a bridge of this machine, with the inventory's address.
  module LXC
    module_function

    def define(node, machine, inventory)
      node.vm.provider "lxc" do |lxc, override|
        override.vm.box = machine.box || "tripod/bookworm-lxc"
        lxc.container_name = "#{inventory.name}-#{machine.name}"
        # The files of containerd and etcd must not be on an overlay.
        lxc.backingstore = "dir"
        lxc.tmpfs_mount_size = nil
        lxc.ssh_ip_addr = machine.address
        settings(machine, inventory, Bridge.in(inventory.subnet)).each { |key, value| lxc.customize(key, value) }
      end
    end

    # vagrant-lxc's own private networks need a tool that supports only cgroup v1: LXC itself sets the address.
    def settings(machine, inventory, bridge)
      {
        "net.0.type" => "veth",
        "net.0.link" => bridge&.name,
        "net.0.name" => "eth0",
        "net.0.flags" => "up",
        "net.0.hwaddr" => machine.mac,
        "net.0.ipv4.address" => "#{machine.address}/#{inventory.prefix}",
        "net.0.ipv4.gateway" => bridge&.address,
        **limits(machine),
      }
    end

    # A container sees the machine's CPUs and memory; control groups limit what it uses.
    def limits(machine)
      period = 100_000 # µs
      if unified_control_groups?
        { "cgroup2.memory.max" => "#{machine.memory}M", "cgroup2.cpu.max" => "#{machine.cpus * period} #{period}" }
      else
        { "cgroup.memory.limit_in_bytes" => "#{machine.memory}M", "cgroup.cpu.cfs_quota_us" => machine.cpus * period }
      end
    end

    # Only version 2.
    def unified_control_groups?
      File.exist?("/sys/fs/cgroup/cgroup.controllers")
    end

    def problems(inventory, bridge: Bridge.in(inventory.subnet))
      return Fitting.taken(inventory, bridge.address, "the bridge #{bridge.name}'s own") if bridge

      network = "#{inventory.subnet}/#{inventory.prefix}"
      ["no bridge of this machine has an address in #{network}. Create one: ip link add tripod0 type bridge && " \
       "ip address add #{inventory.subnet.succ}/#{inventory.prefix} dev tripod0 && ip link set tripod0 up"]
    end
  end

  PROVIDERS[:lxc] = LXC
end
