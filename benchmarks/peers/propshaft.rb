# Propshaft's own processor over one folder: `ruby propshaft.rb SOURCE OUTPUT`
require "fileutils"
require "json"
require "pathname"
require "active_support"
require "active_support/core_ext/enumerable"
require "active_support/core_ext/object"
require "active_support/core_ext/string"
require "active_support/ordered_options"
require "propshaft" # a Rails application loads far more than this

source, output = ARGV.map { |argument| Pathname.new(argument) }

config = ActiveSupport::OrderedOptions.new
config.paths = [source]
config.output_path = output
config.manifest_path = output.join(".manifest.json")
config.version = "1"
config.prefix = "/assets"
config.compilers = [
  ["text/css", Propshaft::Compiler::CssAssetUrls],
  ["text/css", Propshaft::Compiler::SourceMappingUrls],
  ["text/javascript", Propshaft::Compiler::JsAssetUrls],
  ["text/javascript", Propshaft::Compiler::SourceMappingUrls]
]

Propshaft.logger = Logger.new(IO::NULL)
Propshaft::Assembly.new(config).processor.process
