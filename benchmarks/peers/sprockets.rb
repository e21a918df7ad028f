# Sprockets over one folder, without compressors: `ruby sprockets.rb SOURCE OUTPUT CACHE`
require "sprockets"

source, output, cache = ARGV

environment = Sprockets::Environment.new(source)
environment.append_path(source)
environment.cache = Sprockets::Cache::FileStore.new(cache, 1 << 30) # by default it keeps 25 MB
environment.gzip = false
environment.js_compressor = nil
environment.css_compressor = nil
environment.logger.level = :error

files = Dir.glob("**/*", base: source).select { |name| File.file?(File.join(source, name)) }
Sprockets::Manifest.new(environment, output).compile(*files)
