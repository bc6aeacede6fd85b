using System.Diagnostics;
using Metaflow.Environments;
using Metaflow.Environments.Tests.Feeds;

namespace Metaflow.Tool.Tests.Environments;

/// <summary>A folder of packages, and one environment that the tool has resolved with it: a restore takes seconds, so tests begin with a
/// copy of its place.</summary>
public sealed class EnvironmentFeed : IAsyncLifetime
{
    public const string Program = "Metaflow.Tool.dll";

    /// <summary>The kind of this machine.</summary>
    public static readonly string Machine = MachineKinds.OfThisMachine;

    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-feed-").FullName;

    /// <summary>Gets the output of the command that resolved the environment 'team/training:v1'.</summary>
    public string Output { get; private set; } = "";

    /// <summary>Gets the folder in which it was resolved.</summary>
    public string Resolved => Path.Combine(_folder, "resolved");

    /// <summary>Gets the folder in which NuGet keeps what it fetched.</summary>
    public string NuGetFolder => Path.Combine(_folder, "nuget");

    public async ValueTask InitializeAsync()
    {
        var feed = new PackageFeed(Path.Combine(_folder, "feed"));
        feed.AddText("Acme.Base", "1.0.0", [], ("lib/net10.0/de/Acme.Base.resources.dll", "de"), ("runtimes/any/native/acme.so", "native"));
        feed.AddText("Acme.Base", "2.0.0", []);
        feed.AddText("Acme.Lib", "1.0.0", [("Acme.Base", "1.0.0")]);
        Directory.CreateDirectory(Resolved);
        await File.WriteAllTextAsync(Path.Combine(Resolved, "requirements.txt"), "--nuget-pkg Acme.Lib==1.0.0\n");
        await File.WriteAllTextAsync(Path.Combine(Resolved, "nuget.config"), feed.Configuration());
        var run = await RunAsync(
            Resolved, "environment", "resolve", "--requirement", "requirements.txt", "--alias", "team/training:v1", "--alias",
            "team/training");
        Assert.True(run.ExitCode == 0, run.Error);
        Output = run.Out;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Starts a process of the tool.</summary>
    public Process Start(string folder, params IEnumerable<string> arguments)
        => StartDotnet(folder, ["exec", Path.Combine(AppContext.BaseDirectory, Program), .. arguments]);

    /// <summary>Runs a process of the tool.</summary>
    public Task<ToolProcess> RunAsync(string folder, params string[] arguments) => EndAsync(Start(folder, arguments));

    /// <summary>Runs a command of the .NET SDK.</summary>
    public Task<ToolProcess> DotnetAsync(string folder, params string[] arguments) => EndAsync(StartDotnet(folder, arguments));

    /// <summary>Returns the variables of processes that work in a folder: nothing outside of it is written.</summary>
    public static Dictionary<string, string> Variables(string folder) => new()
    {
        ["METAFLOW_HOME"] = Path.Combine(folder, "home"),
        ["METAFLOW_USER"] = "ada",
        ["METAFLOW_ENVIRONMENTS_FOLDER"] = Path.Combine(folder, "environments"),
    };

    private static async Task<ToolProcess> EndAsync(Process started)
    {
        using var process = started;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ToolProcess(process.ExitCode, await output, await error);
    }

    private Process StartDotnet(string folder, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Variables(folder))
        {
            start.Environment[name] = value;
        }

        start.Environment["NUGET_PACKAGES"] = NuGetFolder;
        return Process.Start(start)!;
    }
}

/// <summary>What a process of the tool printed and how it ended.</summary>
public sealed record ToolProcess(int ExitCode, string Out, string Error);
