using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Metaflow.Packaging.Tests;

/// <summary>The READMEs of the packages are typed as they stand, from the packages, in an empty home.</summary>
public sealed partial class PackageReadmeTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("metaflow-package-readmes-").FullName;
    private readonly PackedPackages _packages;
    private readonly EmptyHome _home;
    private readonly string _folder;

    public PackageReadmeTests(PackedPackages packages)
    {
        _packages = packages;
        _home = new EmptyHome(_place, packages.Restored).WithSource(packages.Feed);
        _folder = Directory.CreateDirectory(Path.Combine(_place, "work")).FullName;
    }

    public void Dispose() => Directory.Delete(_place, recursive: true);

    // In this order: one reads what another has run.
    private static string[] Typed { get; } =
        ["Metaflow", "Metaflow.Core", "Metaflow.Testing", "Metaflow.Tool", "Metaflow.Templates", "Metaflow.Cli"];

    [Fact]
    public async Task What_they_say_can_be_typed_as_it_stands()
    {
        foreach (var package in Typed)
        {
            string? output = null;
            foreach (var (tag, text) in BlocksOf(package))
            {
                if (tag == "sh")
                {
                    output = await _home.TypeAsync(_folder, text);
                }
                else if (tag == "text")
                {
                    Page.AssertShows(output!, text);
                }
                else if (tag.StartsWith("csharp ", StringComparison.Ordinal))
                {
                    await WriteAsync(tag, text);
                }
                else
                {
                    Assert.Equal("sh skip", tag);
                }
            }
        }
    }

    [Fact]
    public async Task A_flow_runs_behind_the_web_address_that_the_hosting_package_shows()
    {
        var blocks = BlocksOf("Metaflow.Hosting").ToDictionary(static block => block.Tag, static block => block.Text);
        await WriteAsync("csharp api.cs", blocks["csharp api.cs"]);
        Assert.Equal("dotnet run api.cs -- --urls http://localhost:5080\n", blocks["sh server"]);
        var request = Request().Match(blocks["sh client"]).Groups[1].Value;

        // The build ends; the server that is started after it goes on until it is killed. A port that is free is as good.
        await _home.TypeAsync(_folder, "dotnet build api.cs");
        using var server = _home.Start(_folder, "dotnet", "run", "--no-build", "api.cs", "--", "--urls", "http://127.0.0.1:0");
        try
        {
            using var client = new HttpClient { BaseAddress = await ListeningAsync(server) };
            using var answer = await client.PostAsync(new Uri(request, UriKind.Relative), null, TestContext.Current.CancellationToken);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

            Assert.Equal(blocks["text"].Trim(), text);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    private IEnumerable<(string Tag, string Text)> BlocksOf(string package) => Page.BlocksOf(_packages.TextOf(package, "README.md"));

    private Task WriteAsync(string tag, string text)
        => File.WriteAllTextAsync(Path.Combine(_folder, tag["csharp ".Length..]), text, TestContext.Current.CancellationToken);

    private static async Task<Uri> ListeningAsync(Process server)
    {
        var printed = new List<string>();
        while (await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            printed.Add(line);
            if (Listening().Match(line) is { Success: true } match)
            {
                // Nobody reads on: the server must not wait for that.
                _ = server.StandardOutput.BaseStream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
                return new Uri(match.Groups[1].Value);
            }
        }

        throw new InvalidOperationException($"The server ended:\n{string.Join('\n', printed)}");
    }

    [GeneratedRegex(@"--request POST http://localhost:5080/(\S+)")]
    private static partial Regex Request();

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();
}
