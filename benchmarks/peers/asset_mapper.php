<?php

// What Symfony's `asset-map:compile` does to one folder: `php asset_mapper.php SOURCE OUTPUT [CACHE]`
// CACHE is where Symfony keeps what it found out of each file, with the files that this depends on.

use Symfony\Component\AssetMapper\AssetMapper;
use Symfony\Component\AssetMapper\AssetMapperCompiler;
use Symfony\Component\AssetMapper\AssetMapperRepository;
use Symfony\Component\AssetMapper\CompiledAssetMapperConfigReader;
use Symfony\Component\AssetMapper\Compiler\CssAssetUrlCompiler;
use Symfony\Component\AssetMapper\Compiler\JavaScriptImportPathCompiler;
use Symfony\Component\AssetMapper\Compiler\SourceMappingUrlsCompiler;
use Symfony\Component\AssetMapper\Factory\CachedMappedAssetFactory;
use Symfony\Component\AssetMapper\Factory\MappedAssetFactory;
use Symfony\Component\AssetMapper\ImportMap\ImportMapConfigReader;
use Symfony\Component\AssetMapper\ImportMap\RemotePackageStorage;
use Symfony\Component\AssetMapper\Path\LocalPublicAssetsFilesystem;
use Symfony\Component\AssetMapper\Path\PublicAssetsPathResolver;

require 'Symfony/Component/AssetMapper/autoload.php';

[, $source, $output] = $argv;
$cache = $argv[3] ?? null;
$importMap = new ImportMapConfigReader("$source/importmap.php", new RemotePackageStorage("$source/vendor"));
$compilers = [new CssAssetUrlCompiler(), new SourceMappingUrlsCompiler(), new JavaScriptImportPathCompiler($importMap)];
$compiler = new AssetMapperCompiler($compilers, static function () use (&$mapper) { return $mapper; });
$factory = new MappedAssetFactory(new PublicAssetsPathResolver('/assets/'), $compiler, "$source/vendor");
if (null !== $cache) {
    require 'Symfony/Component/Config/autoload.php';
    $factory = new CachedMappedAssetFactory($factory, $cache, true);
}
$config = new CompiledAssetMapperConfigReader($output);
$mapper = new AssetMapper(new AssetMapperRepository([$source => ''], $source, [], true, false), $factory, $config);

$public = new LocalPublicAssetsFilesystem($output);
$manifest = [];
foreach ($mapper->allAssets() as $asset) {
    if (null !== $asset->content) {
        $public->write($asset->publicPath, $asset->content);
    } else {
        $public->copy($asset->sourcePath, $asset->publicPath);
    }
    $manifest[$asset->logicalPath] = $asset->publicPath;
}
ksort($manifest);
$config->saveConfig(AssetMapper::MANIFEST_FILE_NAME, $manifest);
