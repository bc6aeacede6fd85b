using Metaflow.Environments.Creation;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Tests.Creation;

/// <summary>The files of an environment in one folder are laid out as by a build.</summary>
public sealed class FlatFilesTests
{
    [Fact]
    public void Assemblies_lie_flat_satellites_by_language_and_native_libraries_where_each_kind_of_program_looks()
    {
        var files = FlatFiles.Of(Samples.NuGet());

        Assert.Equal(
            ["Newtonsoft.Json.dll", "de/X.resources.dll", "libx.so", "runtimes/linux-x64/native/libx.so"],
            files.Select(static file => file.Target));
        Assert.Equal(
            "lib/netstandard2.0/Newtonsoft.Json.dll",
            files.Single(static file => file.Target == "Newtonsoft.Json.dll").Asset.Path);
    }

    [Fact]
    public void The_runtime_is_not_among_them()
        => Assert.Equal(
            FlatFiles.Of(Samples.NuGet()).Select(static file => file.Target),
            FlatFiles.Of(Samples.WithRuntime(Samples.NuGet())).Select(static file => file.Target));

    [Fact]
    public void Of_two_assemblies_with_one_name_the_higher_version_counts()
    {
        var packages = (NuGetPackage[])[With("A", "2.0.0.0", "2.0.0.0"), With("B", "10.0.0.0", "1.0.0.0"), With("C", null, "99.0.0.0")];

        foreach (var order in (NuGetPackage[][])[packages, [.. packages.Reverse()]])
        {
            var file = Assert.Single(FlatFiles.Of(Samples.NuGet() with { Packages = order }));
            Assert.Equal("B", file.Package.Id);
        }
    }

    private static NuGetPackage With(string id, string? assemblyVersion, string fileVersion)
        => new(id, "1.0.0", "https://feed.example/v3/index.json")
        {
            ContentHash = "",
            Sha256 = id,
            Length = 1,
            Assets =
            [
                new NuGetAsset(NuGetAssetKind.Assembly, "lib/net10.0/Shared.dll")
                {
                    AssemblyVersion = assemblyVersion,
                    FileVersion = fileVersion,
                },
            ],
        };
}
