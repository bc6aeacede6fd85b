using System.Text.RegularExpressions;

namespace Metaflow.Packaging.Tests;

/// <summary>Each tutorial does what its README says: its commands are typed as they stand, and what it shows must come out.</summary>
public sealed partial class TutorialTests(PackedPackages packages) : IDisposable
{
    private static readonly string Tutorials = Path.Combine(PackedPackages.FindRoot(), "samples", "tutorials");
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-tutorials-").FullName;

    public static TheoryData<string> Episodes =>
    [
        .. Directory.GetDirectories(Tutorials).Select(static folder => Path.GetFileName(folder))
            .Where(static name => char.IsAsciiDigit(name[0])).Order(StringComparer.Ordinal),
    ];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Episodes))]
    public async Task An_episode_does_what_its_readme_says(string episode)
    {
        var blocks = Block()
            .Matches(await File.ReadAllTextAsync(Path.Combine(Tutorials, episode, "README.md"), TestContext.Current.CancellationToken));
        Assert.NotEmpty(blocks);
        var output = "";
        foreach (Match block in blocks)
        {
            if (block.Groups[1].Value == "sh")
            {
                output = await TypeAsync(block.Groups[2].Value.Trim());
            }
            else
            {
                AssertShows(output, block.Groups[2].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            }
        }
    }

    [Fact]
    public void Every_episode_is_in_the_list()
        => Assert.All(
            Episodes,
            static episode => Assert.Contains(
                $"({episode.Data}/README.md)", File.ReadAllText(Path.Combine(Tutorials, "README.md")), StringComparison.Ordinal));

    /// <summary>Types a command as in the tutorials' folder, but with a folder of its own for what it keeps.</summary>
    private async Task<string> TypeAsync(string command)
    {
        Assert.NotEmpty(packages.Version);
        var words = command.Split(' ');
        Assert.Equal(["dotnet", "run"], words[..2]);
        var environment = new Dictionary<string, string> { ["METAFLOW_USER"] = "tester" };
        var run = await DotnetCommand.RunAsync(_folder, environment, ["run", Path.Combine(Tutorials, words[2]), .. words[3..]]);
        run.AssertSucceeded();
        return run.Output;
    }

    /// <summary>Says that the lines are in the output, in this order; an ellipsis stands for anything.</summary>
    private static void AssertShows(string output, IEnumerable<string> lines)
    {
        var rest = output.Split('\n');
        foreach (var line in lines)
        {
            var pattern = string.Join(".*", line.Split('…').Select(Regex.Escape));
            var at = Array.FindIndex(rest, one => Regex.IsMatch(one, pattern));
            Assert.True(at >= 0, $"'{line}' is not in the rest of:\n{output}");
            rest = rest[(at + 1)..];
        }
    }

    [GeneratedRegex(@"```(sh|text)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
