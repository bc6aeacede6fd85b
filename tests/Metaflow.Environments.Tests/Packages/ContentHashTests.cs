using System.Text.Json;
using Metaflow.Environments.Packages;

namespace Metaflow.Environments.Tests.Packages;

/// <summary>The content of packages is known by NuGet's hash, signed or not.</summary>
public sealed class ContentHashTests
{
    [Fact]
    public void The_hash_of_each_package_that_NuGet_fetched_for_this_build_is_the_one_that_NuGet_wrote_down()
    {
        var folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var packages = Directory.EnumerateFiles(folder, "*.nupkg", SearchOption.AllDirectories)
            .Where(static file => new FileInfo(file).Length < 4 << 20).Take(60).ToList();
        Assert.NotEmpty(packages);
        Assert.All(packages, static file =>
        {
            using var metadata = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(file)!, ".nupkg.metadata")));
            Assert.Equal(metadata.RootElement.GetProperty("contentHash").GetString(), ContentHash.Of(file));
        });
        Assert.Contains(packages, static file => File.Exists(Path.Combine(Path.GetDirectoryName(file)!, ".signature.p7s")));
    }
}
