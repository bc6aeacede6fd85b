using System.Diagnostics;
using Metaflow.Errors;
using Metaflow.Tool.Programs;

namespace Metaflow.Tool.Tests;

/// <summary>Programs that the tool builds and runs.</summary>
public sealed class RunTests : IDisposable
{
    private const string Program = """
        #:property PublishAot=false
        if (args is ["complete", "--", .. var words])
        {
            Console.WriteLine($"--epochs\tafter {string.Join('+', words)}");
            return 0;
        }

        if (args is ["wait"])
        {
            var ended = new TaskCompletionSource<int>();
            using var interrupt = System.Runtime.InteropServices.PosixSignalRegistration.Create(
                System.Runtime.InteropServices.PosixSignal.SIGINT, context =>
                {
                    context.Cancel = true;
                    ended.TrySetResult(130);
                });
            Console.WriteLine("waiting");
            return await ended.Task;
        }

        Console.WriteLine($"WORD {string.Join('|', args)} {Environment.GetEnvironmentVariable("METAFLOW_PROGRAM_INVOCATION")}");
        return 7;
        """;

    private readonly ToolPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_file_is_built_when_it_changed_and_else_starts_at_once_with_all_its_arguments()
    {
        var file = Path.Combine(_place.Folder, "flow.cs");
        await WriteAsync(file, "first");

        Assert.Equal(
            (7, "first run|--epochs|3|--help metaflow run flow.cs\n"),
            await RunAsync("run", "flow.cs", "run", "--epochs", "3", "--help"));

        Assert.Equal((7, "first run|--name=|--|-x metaflow run flow.cs\n"), await RunAsync("run", "flow.cs", "run", "--name=", "--", "-x"));

        // The options of every command may stand before the program, and are the program's.
        Assert.Equal(
            (7, "first --quiet|--datastore-root|data|--namespace=|run metaflow run flow.cs\n"),
            await RunAsync("--quiet", "--datastore-root", "data", "run", "--namespace=", "flow.cs", "run"));

        // Where there is no SDK nothing can be built: what runs was there.
        Assert.Equal((7, "first  metaflow run flow.cs\n"), await WithoutSdkAsync("run", "flow.cs"));

        await WriteAsync(file, "second");
        Assert.Equal((7, "second  metaflow run flow.cs\n"), await RunAsync("run", "flow.cs"));

        var words = await _place.RunAsync("complete", "--", "run", "flow.cs", "run", "--ep");
        Assert.Equal("--epochs\tafter run+--ep\n", words.Out);
    }

    [Fact]
    public async Task A_program_with_a_library_that_is_gone_is_built_again_and_gets_a_signal_that_reaches_the_tool_alone()
    {
        await WriteAsync(Path.Combine(_place.Folder, "waiting.cs"), "first");
        using (var process = Start(hasSdk: true, ["run", "waiting.cs", "wait"]))
        {
            Assert.Equal("waiting", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(130, process.ExitCode);
        }

        var target = FlowTarget.Find("waiting.cs", _place.Folder);
        var library = BuiltProgram.Read(target)!.Outputs!.First(static file => file.EndsWith(".dll", StringComparison.Ordinal));
        File.Delete(library);

        Assert.Equal((7, "first  metaflow run waiting.cs\n"), await RunAsync("run", "waiting.cs"));
        Assert.True(File.Exists(library));
    }

    [Theory]
    [InlineData("run\nresume\nspin\nshow\nruns\n", "")]
    [InlineData("spin\nshow\n", "s")]
    [InlineData("add\nremove\nreplace\nlist\n", "tag", "")]
    [InlineData("", "nothing", "")]
    public async Task Before_the_first_build_the_commands_of_every_program_are_offered(string expected, params string[] words)
    {
        await WriteAsync(Path.Combine(_place.Folder, "new.cs"), "first");

        var offered = await _place.RunAsync(["complete", "--", "run", "new.cs", .. words]);

        Assert.Equal((0, ""), (offered.ExitCode, offered.Error));
        Assert.StartsWith(expected, offered.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing.cs", "no such file or folder")]
    [InlineData(".", "has no project")]
    [InlineData("data.txt", "neither a C# file nor a project")]
    public async Task What_is_not_a_program_is_refused(string named, string why)
    {
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "data.txt"), "", TestContext.Current.CancellationToken);
        var run = await _place.RunAsync("run", named, "show");
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.NoFlowProgram, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_compile_shows_the_compiler_s_errors()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_place.Folder, "wrong.cs"), "#:property PublishAot=false\nnowhere();", TestContext.Current.CancellationToken);
        var run = await _place.RunAsync("run", "wrong.cs", "show");
        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("CS0103", run.Error, StringComparison.Ordinal);

        // And nothing else of the build.
        Assert.DoesNotContain("RunCommand", run.Error, StringComparison.Ordinal);
    }

    private static Task WriteAsync(string file, string word) => File.WriteAllTextAsync(
        file, Program.Replace("WORD", word, StringComparison.Ordinal), TestContext.Current.CancellationToken);

    private Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) => StartAsync(hasSdk: true, arguments);

    private Task<(int ExitCode, string Output)> WithoutSdkAsync(params string[] arguments) => StartAsync(hasSdk: false, arguments);

    // The program writes to the console of the process, which a test cannot watch in its own.
    private async Task<(int ExitCode, string Output)> StartAsync(bool hasSdk, string[] arguments)
    {
        using var process = Start(hasSdk, arguments);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }

    private Process Start(bool hasSdk, string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["exec", typeof(ToolCommandLine).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = _place.Folder,
        };
        if (!hasSdk)
        {
            start.Environment["PATH"] = _place.Folder;
            start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(Environment.ProcessPath!);
        }

        return Process.Start(start)!;
    }
}
