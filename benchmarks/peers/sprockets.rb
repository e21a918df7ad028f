# Sprockets over one folder, in memory, without compressors: `ruby sprockets.rb SOURCE OUTPUT`
require "sprockets"

source, output = ARGV

environment = Sprockets::Environment.new(source)
environment.append_path(source)
environment.cache = nil
environment.gzip = false
environment.js_compressor = nil
environment.css_compressor = nil
environment.logger.level = :error

files = Dir.glob("**/*", base: source).select { |name| File.file?(File.join(source, name)) }
Sprockets::Manifest.new(environment, output).compile(*files)
