module Tripod
  # What a person can put right: Vagrant prints such an error as it stands, without a stack trace.
  class Problem < Vagrant::Errors::VagrantError
    attr_reader :error_message

    def initialize(text)
      @error_message = text
      super()
    end
  end
end
