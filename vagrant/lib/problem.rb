module Tripod
  # An error that a person can fix: Vagrant prints it unchanged, without a stack trace.
  class Problem < Vagrant::Errors::VagrantError
    attr_reader :error_message

    def initialize(text)
      @error_message = text
      super()
    end
  end
end
