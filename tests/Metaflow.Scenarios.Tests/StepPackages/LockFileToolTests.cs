using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Python.Tests.Channels;

namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>Environments that the tool takes from lock files of other programs, and writes as such files.</summary>
public sealed class LockFileToolTests(PythonWorld world)
{
    private const string Flow = """
        public static class Program
        {
            public static Task<int> Main(string[] args) => FlowProgram.RunAsync<NoFlow>(args);
        }

        public partial class NoFlow : FlowSpec
        {
            [Step]
            Transition Start() => Next(End);

            [Step]
            void End()
            {
            }
        }
        """;

    [Theory]
    [InlineData("conda-lock.yml")]
    [InlineData("pixi.lock")]
    [InlineData("pylock.toml")]
    public async Task What_is_exported_is_resolved_to_the_same_packages_that_work(string format)
    {
        await using var program = new PythonProgram(await world.RequireAsync(), Flow, ("requirements.txt", "cheese-shop\nmilk\n"));
        (await ToolAsync(program, "resolve", "-r", "requirements.txt", "--python", "3.11", "--alias", "team/shop:v1")).Succeeded();
        var exported = (await ToolAsync(program, "export", "team/shop:v1", "--format", format)).Succeeded();
        var file = Path.Combine(program.Place.Folder, format);
        await File.WriteAllTextAsync(file, exported.Output, TestContext.Current.CancellationToken);

        (await ToolAsync(program, "resolve", "-p", format, "--alias", "team/locked:v1")).Succeeded();
        var before = await PackagesAsync(program, "team/shop:v1");
        var after = await PackagesAsync(program, "team/locked:v1");
        await program.Server.DisposeAsync();
        program.RemoveCaches();
        (await ToolAsync(program, "create", "team/locked:v1", "--into-dir", "out")).Succeeded();

        // A pylock.toml has no packages of conda: what brings Python does not bring pip.
        var hasConda = format != "pylock.toml";
        Assert.Equal(before.Where(package => hasConda || package.Contains("\"pypi\"", StringComparison.Ordinal)),
            after.Where(package => hasConda || package.Contains("\"pypi\"", StringComparison.Ordinal)));
        Assert.Contains(after, static package => package.StartsWith("milk ", StringComparison.Ordinal));
        var printed = await Command.RunAsync(
            Path.Combine(program.Place.Folder, "out", "bin", "python"), ["-c", "import milk; print(milk.__name__)"],
            new Dictionary<string, string>(StringComparer.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal("milk\n", printed);
    }

    [Fact]
    public async Task A_file_with_another_hash_than_that_of_its_package_is_refused()
    {
        await using var program = new PythonProgram(await world.RequireAsync(), Flow, ("requirements.txt", "milk\n"));
        (await ToolAsync(program, "resolve", "-r", "requirements.txt", "--python", "3.11", "--alias", "team/milk:v1")).Succeeded();
        var exported = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var format in (string[])["conda-lock.yml", "pylock.toml"])
        {
            exported[format] = (await ToolAsync(program, "export", "team/milk:v1", "--format", format)).Succeeded().Output;
        }

        // The package of the channel, then that of the index.
        foreach (var (format, text) in exported)
        {
            var start = text.IndexOf("sha256", StringComparison.Ordinal);
            var hash = text[start..].Split('"', '\'', ' ', '\n', ':', '=').First(static part => part.Length == 64);
            await File.WriteAllTextAsync(
                Path.Combine(program.Place.Folder, format),
                text.Replace(hash, new string('0', 60) + hash[60..], StringComparison.Ordinal), TestContext.Current.CancellationToken);
            program.RemoveCaches();
            if (Path.Combine(program.Place.Folder, "conda_env", "packages") is var stored && Directory.Exists(stored))
            {
                Directory.Delete(stored, recursive: true);
            }

            var refused = await ToolAsync(program, "resolve", "-p", format);

            Assert.Equal(1, refused.ExitCode);
            Assert.Contains(ErrorCodes.PackageDamaged, refused.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_packages_of_a_lock_file_are_not_combined_with_others()
    {
        await using var program = new PythonProgram(await world.RequireAsync(), Flow, ("requirements.txt", "milk\n"));
        (await ToolAsync(program, "resolve", "-r", "requirements.txt", "--python", "3.11", "--alias", "team/milk:v1")).Succeeded();
        var text = (await ToolAsync(program, "export", "team/milk:v1", "--format", "pylock.toml")).Succeeded().Output;
        await File.WriteAllTextAsync(Path.Combine(program.Place.Folder, "pylock.toml"), text, TestContext.Current.CancellationToken);

        foreach (var options in (string[][])[["--using", "team/milk:v1"], ["-r", "requirements.txt"]])
        {
            var refused = await ToolAsync(program, ["resolve", "-p", "pylock.toml", .. options]);

            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains(ErrorCodes.LockNotExtended, refused.Errors, StringComparison.Ordinal);
        }
    }

    private static async Task<List<string>> PackagesAsync(PythonProgram program, string name)
    {
        using var shown = JsonDocument.Parse((await ToolAsync(program, "show", name, "--json")).Succeeded().Output);
        return
        [
            .. shown.RootElement.GetProperty(name).GetProperty("packages").EnumerateArray()
                .Select(static package => $"{package.GetProperty("name")} {package.GetProperty("version")} {package}")
                .Order(StringComparer.Ordinal),
        ];
    }

    private static Task<CommandOutcome> ToolAsync(PythonProgram program, params string[] arguments)
        => program.Place.RunToolAsync(["environment", .. arguments]);
}
