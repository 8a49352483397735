require "ipaddr"
require "socket"

module Tripod
  # A bridge of this machine, found by its address in a network.
  Bridge = Struct.new(:name, :address) do
    # nil if there is none.
    def self.in(subnet)
      Socket.getifaddrs.each do |interface|
        next unless interface.addr&.ipv4? && File.directory?("/sys/class/net/#{interface.name}/bridge")
        return new(interface.name, interface.addr.ip_address) if subnet.include?(interface.addr.ip_address)
      end
      nil
    end
  end
end
