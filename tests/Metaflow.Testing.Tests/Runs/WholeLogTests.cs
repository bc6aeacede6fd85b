using Metaflow.Logs;
using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.Testing.Tests.Runs;

/// <summary>Logs in a store to which nothing can be appended.</summary>
public sealed class WholeLogTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-whole-").FullName;

    static WholeLogTests() => ProgramPlugins.Add<WholeObjectPlugin>();

    private string Root => Path.Combine(_folder, ".metaflow");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("other_machine")]
    public async Task The_log_of_a_task_is_in_the_store_while_the_task_runs_and_whole_after_it(string with)
    {
        ProgramPlugins.Add<OtherMachinePlugin>();
        var go = Path.Combine(_folder, "go");
        var run = FlowRunner.RunAsync<TalkingFlow>(
            new FlowRunOptions
            {
                DatastoreRoot = new StoreAddress(WholeObjectPlugin.Type, Root).ToString(),
                Settings = new Dictionary<string, string> { ["METAFLOW_USER"] = "tester", ["METAFLOW_DEFAULT_METADATA"] = "store" },
                Parameters = new { go },
                With = with.Length == 0 ? [] : [typeof(OtherMachineAttribute).FullName!],
            },
            TestContext.Current.CancellationToken);

        // The task waits for the test, which waits for what it has written first.
        await WrittenAsync("*_stdout.log", "first");
        await WrittenAsync("*_stderr.log", "a warning");
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        var ended = (await run.WaitAsync(Patience, TestContext.Current.CancellationToken)).EnsureSucceeded();

        var task = ended.Handle.Tasks("start")[0].Untyped;
        string[] expected = ["first", .. Enumerable.Range(0, 3000).Select(static line => $"line {line}")];
        Assert.Equal(expected, task.LogLines(LogKind.Stdout).Select(static line => line.Text));
        Assert.Equal("a warning\n", task.Stderr);
        Assert.DoesNotContain(Directory.GetFiles(Root, "*.log", SearchOption.AllDirectories), static log => new FileInfo(log).Length == 0);
    }

    private async Task WrittenAsync(string pattern, string text)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!Directory.Exists(Root) || !Directory.GetFiles(Root, pattern, SearchOption.AllDirectories).Any(IsWritten))
        {
            await Task.Delay(20, limit.Token);
        }

        bool IsWritten(string log) => File.ReadAllText(log).Contains(text, StringComparison.Ordinal);
    }
}

/// <summary>Says something, waits for a file, and says much.</summary>
public partial class TalkingFlow : FlowSpec
{
    [Parameter]
    public partial string Go { get; }

    [Step]
    private async Task<Transition> Start()
    {
        Console.WriteLine("first");
        Console.Error.WriteLine("a warning");
        while (!File.Exists(Go))
        {
            await Task.Delay(20, Current.CancellationToken);
        }

        for (var line = 0; line < 3000; line++)
        {
            Console.WriteLine($"line {line}");
        }

        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}
