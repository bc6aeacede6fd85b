using Metaflow.Environments.Resolution;
using Metaflow.Errors;

namespace Metaflow.Environments.Tests.Resolution;

/// <summary>The SDK looks for packages.</summary>
public sealed class SdkRestoreTests
{
    [Fact]
    public async Task A_machine_without_the_SDK_is_told_what_to_do()
    {
        var restore = new SdkRestore("/nowhere/dotnet", Path.GetTempPath());

        var error = await Assert.ThrowsAsync<EnvironmentException>(
            () => restore.RestoreAsync([Request("Acme", "[1.0.0]")], TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCodes.SdkMissing, error.Code);
        Assert.Contains("Install the .NET SDK", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_environment_gets_what_NuGet_says_of_it()
    {
        var feed = Directory.CreateTempSubdirectory("metaflow-feed-");
        try
        {
            var restore = new SdkRestore("dotnet", Path.GetTempPath());

            var results = await restore.RestoreAsync(
                [Request("Acme.One", "[1.0.0]", feed.FullName), Request("Acme.Two", "[1.0.0]", feed.FullName)],
                TestContext.Current.CancellationToken);

            Assert.All(results, static result => Assert.Equal("NU1101", Assert.Single(result.Problems).Code));
            Assert.Contains("Acme.One", results[0].Problems[0].Text, StringComparison.Ordinal);
            Assert.Contains("Acme.Two", results[1].Problems[0].Text, StringComparison.Ordinal);
        }
        finally
        {
            feed.Delete(recursive: true);
        }
    }

    [Fact]
    public void Texts_of_users_stay_texts_in_the_project()
    {
        var project = RestoreProject.Of(new RestoreRequest("step 'train'", "net10.0", "linux-x64")
        {
            Packages = new Dictionary<string, string> { ["Acme"] = "[1.0.0]" },
            Sources = ["/feed with $(HOME);and more", "https://example.com/a&b"],
        });

        Assert.Contains("/feed with %24%28HOME%29%3Band more;https://example.com/a&amp;b", project, StringComparison.Ordinal);
    }

    private static RestoreRequest Request(string id, string version, params string[] sources) => new("step 'train'", "net10.0", "linux-x64")
    {
        Packages = new Dictionary<string, string> { [id] = version },
        Sources = sources,
    };
}
