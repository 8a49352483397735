# What the Vagrantfile would tell Vagrant, without Vagrant: `ruby ask.rb definitions PROVIDER`, `ruby ask.rb problems PROVIDER [FILE]`.
# FILE stands in place of VirtualBox's /etc/vbox/networks.conf. BRIDGE=NAME,ADDRESS is the bridge of a machine that has one.

# Writes down every call and every setting. A block is given recorders of its own; of the providers', only the one that was asked for is called.
class Recorder < BasicObject
  def initialize(name)
    @name = name
  end

  def method_missing(name, *arguments, &block)
    words = "#{@name}.#{name}"
    return ::Recorder.new(words) if arguments.empty? && block.nil?

    said = arguments.flat_map { |each| each.is_a?(::Hash) ? each.map { |key, value| "#{key}: #{value.inspect}" } : each.inspect }
    recorders = [::Recorder.new(arguments.first)]
    if name == :provider
      return unless arguments.first == ::ARGV[1]

      recorders << ::Recorder.new("override")
    end
    ::Kernel.puts "#{words} #{said.join(", ")}" unless name == :inventory=
    block&.call(*recorders)
  end

  def respond_to_missing?(*) = true
end

module Vagrant
  module Errors
    class VagrantError < StandardError
      def initialize(*)
        super(error_message)
      end
    end
  end

  def self.plugin(_version, _kind = nil)
    Class.new do
      def self.name(*) = nil
      def self.config(*) = nil
    end
  end

  def self.configure(_version)
    yield Recorder.new("config")
  end
end

folder = File.expand_path("../../vagrant", __dir__)
require "#{folder}/lib/inventory"
require "#{folder}/lib/providers/virtualbox"
require "#{folder}/lib/providers/libvirt"
require "#{folder}/lib/providers/lxc"

# What this machine has is not to show.
Tripod::Bridge.define_singleton_method(:in) { |_| ENV["BRIDGE"] && new(*ENV["BRIDGE"].split(",")) }
Tripod::LXC.define_singleton_method(:unified_control_groups?) { ENV["CGROUPS"] != "1" }

case ARGV.first
when "definitions"
  load "#{folder}/Vagrantfile"
when "problems"
  options = ARGV[2] ? { networks_conf: ARGV[2] } : {}
  provider = Tripod::PROVIDERS.fetch(ARGV[1].to_sym)
  inventory = Tripod::Inventory.read(ENV.fetch("INVENTORY"))
  puts Tripod::Fitting.outside(inventory), provider.problems(inventory, **options)
end
