# Sprockets over a site, with its compressors: `ruby sprockets_compile.rb SOURCE OUTPUT CACHE DIRECTIVES NAME…`
# DIRECTIVES is a folder of files that name, by `require`, those that are joined.
require "sprockets"
require "sassc"
require "terser"

source, output, cache, directives, *names = ARGV

terser = Terser.new # the gem's own compressor asks Rails for its options
environment = Sprockets::Environment.new(source)
environment.append_path(source)
environment.append_path(directives)
environment.cache = Sprockets::Cache::FileStore.new(cache, 1 << 30) # by default it keeps 25 MB
environment.gzip = false
environment.js_compressor = ->(input) { { data: terser.compile(input[:data]) } }
environment.css_compressor = :sassc
environment.logger.level = :error

Sprockets::Manifest.new(environment, output).compile(*names)
