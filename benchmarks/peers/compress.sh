# Copies of a tree's texts by the commands themselves: `sh compress.sh SOURCE OUTPUT PROCESSES`
set -e
cp -r "$1" "$2"
find "$2" -type f -regex '.*\.\(css\|js\|mjs\|map\|json\|html\|svg\|wasm\|ttf\)' -print0 |
  xargs -0 -P "$3" -n 8 sh -c 'gzip -9 -k -n "$@"; brotli -q 11 -k "$@"' compress
