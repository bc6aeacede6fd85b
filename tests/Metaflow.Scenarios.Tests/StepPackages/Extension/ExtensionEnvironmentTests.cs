using System.Text.Json;
using System.Text.Json.Nodes;
using Metaflow.Python.Tests.Channels;

namespace Metaflow.Scenarios.Tests.StepPackages.Extension;

/// <summary>Environments that Metaflow's extension for Python resolves are made by our tool, and the reverse, from one datastore.</summary>
public sealed class ExtensionEnvironmentTests(PythonWorld world)
{
    private const string Print = """
        import importlib.metadata as metadata, importlib.util, sys
        print("prefix", sys.prefix)
        print("packages", *sorted(d.name.lower() + "=" + d.version for d in metadata.distributions()))
        for name in sys.argv[1:]:
            print(name, __import__(name).__file__)
        """;

    [Theory]
    [InlineData("conda-only", "pandas")]
    [InlineData("pypi-only", "cheese_shop mold archived versioned folded")]
    [InlineData("mixed", "pandas cheese_shop mold archived versioned folded")]
    public async Task Ours_are_shown_and_made_by_the_extension(string kind, string modules)
    {
        await using var place = new ExtensionPlace(await world.RequireAsync());
        var file = Ask(place, kind, modules);
        var resolved = (await place.OursAsync([.. file, "--alias", "team/ours:v1", "--json"])).Succeeded();
        var record = JsonNode.Parse(resolved.Output)!["linux-64"]!;
        var packages = PackagesOf(place, record);
        await place.KeepDatastoreOnlyAsync();

        var shown = await place.TheirsAsync("show", "team/ours:v1");
        var made = await place.TheirsAsync("create", "team/ours:v1", "--name", "ours");

        Assert.Contains($"Environment of type {kind} full hash {record["req_id"]}:{record["full_id"]}", shown, StringComparison.Ordinal);
        Assert.Contains("Aliases team/ours:v1", shown, StringComparison.Ordinal);
        Assert.Equal(Shown(packages, "conda"), Lists(shown, "Conda Packages installed "));
        Assert.Equal(Shown(packages, "pypi"), Lists(shown, "Pypi Packages installed "));
        Assert.DoesNotMatch(@"Downloading [1-9]\d*\(web\)", made);
        Assert.Matches(@"Downloading 0\(web\) \+ [1-9]\d*\(cache\)", made);
        var prefix = Path.Combine(place.Environments, "ours");
        Assert.Equal(
            [(string)record["req_id"]!, (string)record["full_id"]!, "linux-64"],
            JsonSerializer.Deserialize<string[]>(await File.ReadAllTextAsync(Path.Combine(prefix, ".metaflowenv"), Token))!);

        // The stand-in compares the hashes of packages of conda.
        Assert.All(packages.Where(static package => (string)package["_type"]! == "pypi"), package => Assert.Equal(
            (string)package["hashes"]![".whl"]!, Hashes.OfFile(Path.Combine(place.Packages, "pypi", $"{package["filename"]}.whl"))));
        await AssertWorksAsync(prefix, modules);
    }

    [Theory]
    [InlineData("conda-only", "pandas")]
    [InlineData("pypi-only", "cheese_shop mold archived versioned folded")]
    [InlineData("mixed", "pandas cheese_shop mold archived versioned")]
    public async Task The_extensions_are_shown_and_made_by_our_tool(string kind, string modules)
    {
        await using var place = new ExtensionPlace(await world.RequireAsync());
        place.RequireSolver();
        var file = Ask(place, kind, modules);
        var resolved = await place.TheirsAsync([.. file, "--skip-metaflow-deps", "--alias", "team/theirs:v1"]);
        var same = (await place.OursAsync([.. file, "--json"])).Succeeded();
        await place.KeepDatastoreOnlyAsync();

        var shown = (await place.OursAsync("show", "team/theirs:v1", "--json")).Succeeded();
        var made = (await place.OursAsync("create", "team/theirs:v1", "--into-dir", "out")).Succeeded();

        var text = $"{resolved}\n{shown.All}\n{made.All}";
        Assert.True(text.Contains(kind, StringComparison.Ordinal), text);
        await AssertWorksAsync(Path.Combine(place.Place.Folder, "out"), modules);

        // What both are asked for in the same words has one identity.
        var found = JsonNode.Parse(same.Output)!["linux-64"]!;
        Assert.Contains($"full hash {found["req_id"]}:{found["full_id"]}", resolved, StringComparison.Ordinal);
        Assert.False((bool)found["newly_resolved"]!);
    }

    [Fact]
    public async Task The_extension_finds_the_wheels_that_we_built_of_a_commit()
    {
        await using var place = new ExtensionPlace(await world.RequireAsync());
        place.RequireSolver();
        var (repository, commit) = new SourceServer(place.Server, place.Place.Folder).Repository("versioned", "versioned", "0.3");
        place.Write("requirements.txt", $"python==3.11.*\nversioned @ {repository}@{commit}\n");

        (await place.OursAsync("resolve", "--requirement", "requirements.txt")).Succeeded();
        var first = Wheels(place);
        File.Delete(Path.Combine(place.Place.Root, "conda_v2.cnd"));
        await place.TheirsAsync("resolve", "--requirement", "requirements.txt", "--skip-metaflow-deps", "--alias", "team/theirs:v1");
        var made = (await place.OursAsync("create", "team/theirs:v1", "--into-dir", "out")).Succeeded();

        Assert.Single(first);
        Assert.Equal(first, Wheels(place));
        await AssertWorksAsync(Path.Combine(place.Place.Folder, "out"), "versioned");
    }

    private static List<JsonNode> PackagesOf(ExtensionPlace place, JsonNode record)
    {
        string[] path = ["conda_env", "envs", "linux-64", (string)record["req_id"]!, (string)record["full_id"]!, "env"];
        var text = File.ReadAllText(Path.Combine([place.Place.Folder, .. path]));
        return [.. JsonNode.Parse(text)!["packages"]!.AsArray().Select(static package => package!)];
    }

    private static List<string> Shown(List<JsonNode> packages, string type)
        => [
            .. packages.Where(package => (string)package["_type"]! == type).Select(static package => (string)package["filename"]!)
                .Select(name => type == "conda" ? name.Split('-') is [.. var start, var version, var build]
                    ? $"{string.Join('-', start)}=={version}-{build}" : name
                    : $"{name.Split('-')[0].Replace('_', '-')}=={name.Split('-')[1]}").Order(StringComparer.Ordinal),
        ];

    private static List<string> Lists(string shown, string start)
        => [
            .. shown.Split('\n').Select(static line => line.Trim())
                .Where(line => line.StartsWith(start, StringComparison.Ordinal))
                .SelectMany(line => line[start.Length..].Split(", ")).Order(StringComparer.Ordinal),
        ];

    private static string[] Wheels(ExtensionPlace place)
        => Directory.GetFiles(Path.Combine(place.Place.Folder, "conda_env", "packages", "pypi"), "*.whl", SearchOption.AllDirectories);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The lines of the files mean the same to both.
    private static string[] Ask(ExtensionPlace place, string kind, string modules)
    {
        var sources = new SourceServer(place.Server, place.Place.Folder);
        var (repository, commit) = sources.Repository("versioned", "versioned", "0.3");
        var folder = sources.Folder("folded", "0.4");

        // Only of such a folder can the extension say what it is.
        File.WriteAllText(Path.Combine(new Uri(folder).LocalPath, "setup.py"), "print('folded', '0.4', sep='\\n')\n");
        List<string> packages =
        [
            "python==3.11.*", "cheese-shop[blue]", $"archived @ {sources.Archive("archived", "0.2")}", $"versioned @ {repository}@{commit}",
        ];
        if (modules.Contains("folded", StringComparison.Ordinal))
        {
            packages.Add($"folded @ {folder}");
        }

        // With one package beside Python, the extension adds the index to the sources by mistake.
        var conda = $"channels:\n- {place.Channel}\ndependencies:\n- python=3.11.*\n- pandas=1.5.3\n- numpy=1.24.*\n";
        place.Write("requirements.txt", string.Join('\n', packages));
        place.Write("conda.yml", conda);
        return kind switch
        {
            "conda-only" => ["resolve", "--file", "conda.yml"],
            "pypi-only" => ["resolve", "--requirement", "requirements.txt"],
            _ => ["resolve", "--file", "conda.yml", "--requirement", "requirements.txt"],
        };
    }

    private static async Task AssertWorksAsync(string prefix, string modules)
    {
        var printed = await Command.RunAsync(
            Path.Combine(prefix, "bin", "python"), ["-c", Print, .. modules.Split(' ')],
            new Dictionary<string, string>(StringComparer.Ordinal), Token);

        Assert.Contains($"prefix {prefix}\n", printed, StringComparison.Ordinal);
        Assert.All(modules.Split(' '), module => Assert.Contains($"\n{module} ", printed, StringComparison.Ordinal));
    }
}
