namespace Metaflow.Packaging.Tests;

/// <summary>Types a page as its reader does. What a block is for is said beside its language:
/// <list type="bullet">
/// <item><c>csharp flow.cs</c>, and any other language with the name of a file: the block becomes that file;</item>
/// <item><c>diff flow.cs</c>: the lines with a minus give way to those with a plus, in that file;</item>
/// <item><c>sh</c> and <c>python</c>: the block is typed, and must succeed; <c>sh fails</c>: it must not;</item>
/// <item><c>text</c>: each line must be in what the block before printed. An ellipsis stands for anything.</item>
/// </list></summary>
internal sealed class TypedPage(TypingPlace place, string page)
{
    // Said of a block that is a part of a program.
    private const string Fragment = "fragment";

    private static readonly string[] NotTyped = ["bash eng/pack.sh --this-machine", "bash eng/test.sh", "dotnet run samples/hello.cs run"];

    private string? _output;

    /// <summary>Gets the folder that the page works in.</summary>
    public string Folder { get; } = place.MakeFolder(page);

    public static IEnumerable<(string Tag, string Text)> BlocksOf(string page)
        => Page.BlocksOf(File.ReadAllText(Path.Combine(PackedPackages.FindRoot(), page)));

    /// <summary>Says whether a block is typed, shown or written.</summary>
    public static bool IsTyped(string tag)
        => tag is "sh" or "sh fails" or "python" or "text"
            || tag.Split(' ') is ["csharp" or "diff" or "json" or "yaml" or "xml", not Fragment];

    public async Task TypeAsync()
    {
        foreach (var (tag, text) in BlocksOf(page))
        {
            await TypeAsync(tag, text);
        }
    }

    private async Task TypeAsync(string tag, string text)
    {
        switch (tag.Split(' '))
        {
            case [_, Fragment]:
                break;
            case ["text"] when _output is null:
                break;
            case ["text"]:
                Page.AssertShows(_output, text);
                break;
            case ["python"] when TypingPlace.Python.Length == 0:
                _output = null;
                break;
            case ["sh" or "python", ..] words:
                var command = await RunAsync(words[0], text);
                var isExpected = (command.ExitCode != 0) == (words[^1] == "fails");
                Assert.True(isExpected, $"{text} ended with exit code {command.ExitCode}:\n{command.Output}");
                _output = command.Output;
                break;
            case ["diff", var file]:
                await ChangeAsync(Path.Combine(Folder, file), text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
                break;
            case [_, var file]:
                await File.WriteAllTextAsync(Path.Combine(Folder, file), text, TestContext.Current.CancellationToken);
                break;
        }
    }

    private Task<DotnetCommand> RunAsync(string language, string text)
    {
        if (language == "python")
        {
            return place.Home.RunAsync(Folder, "python3", "-c", text);
        }

        // The packages were made once for all tests, by the same script. What needs the sources, SampleTests and all tests together run.
        var lines = text.Split('\n').Where(line => !NotTyped.Contains(line.Split('#')[0].TrimEnd()));
        var folder = text.Contains("eng/", StringComparison.Ordinal) ? place.Clone : Folder;
        return place.Home.RunAsync(folder, "bash", "-ec", string.Join('\n', lines));
    }

    private static async Task ChangeAsync(string file, string[] lines)
    {
        var source = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var before = LinesAfter('-');
        Assert.Contains(before, source, StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            file, source.Replace(before, LinesAfter('+'), StringComparison.Ordinal), TestContext.Current.CancellationToken);

        string LinesAfter(char sign) => string.Concat(lines.Where(line => line[0] == sign).Select(static line => line[1..] + "\n"));
    }
}
