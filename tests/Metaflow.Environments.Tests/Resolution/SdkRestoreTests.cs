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

    [Theory]
    [InlineData("<configuration><packageSources>", "NuGet.Config is not valid XML")]
    [InlineData("<configuration><packageSources><add key=\"a\" /></packageSources></configuration>", "Unable to parse config file because")]
    public async Task A_damaged_configuration_file_is_named_and_no_other_version_is_advised(string content, string said)
    {
        var folder = Directory.CreateTempSubdirectory("metaflow-config-");
        try
        {
            var file = Path.Combine(folder.FullName, "nuget.config");
            await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);

            var results = await new SdkRestore("dotnet", folder.FullName).RestoreAsync(
                [Request("Acme.One", "[1.0.0]")], TestContext.Current.CancellationToken);
            var error = ResolutionErrors.NotFound([("step 'train'", Assert.Single(results[0].Problems))]);

            Assert.Equal(ErrorCodes.PackagesNotFound, error.Code);
            Assert.Contains(said, error.Why, StringComparison.Ordinal);
            Assert.Contains(file, error.Why, StringComparison.Ordinal);
            Assert.StartsWith("Correct the configuration file", error.Fix, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_home_folder_that_cannot_be_written_is_named_without_a_stack_trace()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The program that stands for the SDK is a script of a Unix shell.");

        // What the SDK prints where HOME is a file.
        var folder = Directory.CreateTempSubdirectory("metaflow-home-");
        try
        {
            var dotnet = Path.Combine(folder.FullName, "dotnet");
            await File.WriteAllTextAsync(
                dotnet,
                """
                #!/bin/sh
                echo "System.IO.DirectoryNotFoundException: Could not find a part of the path '/home/ada/.dotnet'."
                echo "   at System.IO.FileSystem.CreateDirectory(String fullPath, UnixFileMode unixCreateMode)"
                exit 1
                """,
                TestContext.Current.CancellationToken);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            var results = await new SdkRestore(dotnet, folder.FullName).RestoreAsync(
                [Request("Acme.One", "[1.0.0]")], TestContext.Current.CancellationToken);
            var error = ResolutionErrors.NotFound([("step 'train'", Assert.Single(results[0].Problems))]);

            Assert.Equal("step 'train': Could not find a part of the path '/home/ada/.dotnet'.", error.Why);
            Assert.StartsWith("Let your user write in the folder that is named", error.Fix, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
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
