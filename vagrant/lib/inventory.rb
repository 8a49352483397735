require "date"
require "ipaddr"
require "yaml"
require_relative "problem"

module Tripod
  # memory: MiB. box: nil if the inventory sets none.
  Machine = Struct.new(:name, :address, :memory, :cpus, :box, keyword_init: true) do
    # Derived from the address: with a random one, a restarted machine is unreachable until its neighbours' ARP entries expire.
    def mac
      format("02:54:%02x:%02x:%02x:%02x", *address.split(".").map(&:to_i))
    end
  end

  # What the Vagrantfile needs from an inventory. `tripod validate` checks everything else.
  class Inventory
    attr_reader :file, :name, :vip, :machines

    DEFAULTS = { "memory" => 2048, "cpus" => 2 }.freeze
    SIZES = { "memory" => "MiB", "cpus" => "CPUs" }.freeze

    # Raises Problem if the file cannot be read, or does not define the machines.
    def self.read(path)
      file = File.expand_path(path)
      text = File.read(file, encoding: "UTF-8")
      new(file, YAML.safe_load(text, aliases: true, permitted_classes: [Date, Time]))
    rescue SystemCallError => error
      raise Problem, "The inventory #{file} cannot be read: #{error.message.sub(/ @.*/, "")}.\n" \
                     "Name another one: INVENTORY=FILE vagrant ..."
    rescue Psych::Exception => error
      raise Problem, "The inventory #{file} is not valid YAML: #{error.message}.\n#{validate(file)}"
    end

    def self.validate(file)
      "Run `tripod validate -i #{file}` to see every mistake with its line."
    end

    def initialize(file, said)
      @file = file
      @said = said.is_a?(Hash) ? said : wrong("it is not a map of keys")
      @name = text(@said, "name", "the cluster")
      @vip = address(section("loadBalancer"), "vip", "loadBalancer")
      @machines = ["masters", "workers"].flat_map { |list| machines_of(list) }
      wrong("it has no masters") if machines.empty?
    end

    # The network of all machines: loadBalancer.subnet, or the /24 around the first master.
    def subnet
      @subnet ||= IPAddr.new(section("loadBalancer")["subnet"] || "#{machines.first.address}/24")
    rescue IPAddr::Error
      wrong("loadBalancer.subnet is not a subnet such as 192.168.56.0/24")
    end

    def prefix
      subnet.prefix
    end

    def netmask
      IPAddr.new("255.255.255.255").mask(prefix).to_s
    end

    private

    def machines_of(list)
      entries = @said[list] || []
      wrong("#{list} is not a list") unless entries.is_a?(Array)
      entries.each_with_index.map do |entry, index|
        where = "#{list}[#{index}]"
        wrong("#{where} is not a map with a name and an address") unless entry.is_a?(Hash)
        sizes = { **DEFAULTS, **section("vagrant"), **section("vagrant", entry) }
        SIZES.each { |key, unit| wrong("#{where} has #{sizes[key].inspect} #{unit}, which is not a positive whole number") unless positive?(sizes[key]) }
        Machine.new(name: text(entry, "name", where), address: address(entry, "address", where),
                    memory: sizes["memory"], cpus: sizes["cpus"], box: sizes["box"])
      end
    end

    def section(key, within = @said)
      value = within[key] || {}
      value.is_a?(Hash) ? value : wrong("#{key} is not a map of keys")
    end

    def text(within, key, where)
      value = within[key]
      value.is_a?(String) && !value.empty? ? value : wrong("#{where} has no #{key}")
    end

    def address(within, key, where)
      value = text(within, key, where)
      IPAddr.new(value).ipv4? ? value : wrong("#{where}: #{value} is not an IPv4 address")
    rescue IPAddr::Error
      wrong("#{where}: #{value} is not an IPv4 address")
    end

    def positive?(value)
      value.is_a?(Integer) && value.positive?
    end

    def wrong(what)
      raise Problem, "The inventory #{file} does not define valid machines: #{what}.\n#{self.class.validate(file)}"
    end
  end
end
