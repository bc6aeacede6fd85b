using Metaflow.Environments.Records;

namespace Metaflow.Environments.Tests;

/// <summary>Environments for tests.</summary>
internal static class Samples
{
    public const string Machine = "linux-64";

    public static readonly DateTimeOffset Moment = new(new DateTime(2024, 5, 1, 12, 34, 56, DateTimeKind.Local));

    /// <summary>Returns an environment with one package of conda.</summary>
    public static ResolvedEnvironment Conda(string version = "0.1", string package = "hello")
    {
        var file = $"{package}-{version}-0";
        var url = $"http://channel.example/linux-64/{file}.conda";
        return Of(
            "conda-only",
            [new TypedText(Categories.Conda, package)],
            [
                new CondaPackage(file, url)
                {
                    Hashes = new Dictionary<string, string> { [".conda"] = $"md5-{version}" },
                    CachedFiles = new Dictionary<string, CachedFile>
                    {
                        [".conda"] = new($"packages/conda/channel.example/linux-64/{file}.conda/{file}.conda/md5-{version}/{file}.conda"),
                    },
                },
            ]);
    }

    /// <summary>Returns an environment with one package of NuGet.</summary>
    public static ResolvedEnvironment NuGet(string version = "12.0.3", string package = "Newtonsoft.Json") => Of(
        "nuget-only",
        [new TypedText(Categories.NuGet, package.ToLowerInvariant())],
        [
            new NuGetPackage(package, version, "https://feed.example/v3/index.json")
            {
                ContentHash = $"hash+{version}==",
                Sha256 = "abc",
                Length = 2_596_051,
                UnpackedLength = 700_000,
                Frameworks = ["Microsoft.AspNetCore.App"],
                Dependencies = new Dictionary<string, string> { ["System.Memory"] = "4.5.0" },
                Assets =
                [
                    new NuGetAsset(NuGetAssetKind.Assembly, "lib/netstandard2.0/Newtonsoft.Json.dll")
                    {
                        AssemblyVersion = "12.0.0.0",
                        FileVersion = "12.0.3.23909",
                    },
                    new NuGetAsset(NuGetAssetKind.Native, "runtimes/linux-x64/native/libx.so"),
                    new NuGetAsset(NuGetAssetKind.Satellite, "lib/netstandard2.0/de/X.resources.dll") { Culture = "de" },
                ],
            },
        ]);

    /// <summary>Returns an environment that has a version of .NET, too.</summary>
    public static ResolvedEnvironment WithRuntime(ResolvedEnvironment environment, string version = "10.0.13") => environment with
    {
        Requirements = [new TypedText(Categories.DotNet, $"runtime=={version}"), .. environment.Requirements],
        Packages =
        [
            new NuGetPackage("Microsoft.NETCore.App.Runtime.linux-x64", version, "https://feed.example/v3/index.json")
            {
                ContentHash = "hash",
                Sha256 = "def",
                Length = 40_000_000,
                Assets = [new NuGetAsset(NuGetAssetKind.Runtime, "runtimes/linux-x64/lib/net10.0/System.Runtime.dll")],
            },
            .. environment.Packages,
        ],
    };

    /// <summary>Returns an environment of some packages.</summary>
    public static ResolvedEnvironment Of(string kind, IReadOnlyList<TypedText> requirements, IReadOnlyList<LockedPackage> packages) => new()
    {
        Id = new EnvironmentId(
            EnvironmentHash.OfRequest(requirements, []), EnvironmentHash.OfPackages(packages, Machine), Machine),
        Requirements = requirements,
        Packages = packages,
        ResolvedOn = Moment,
        ResolvedBy = "ada",
        Architectures = [Machine],
        Kind = kind,
    };
}
