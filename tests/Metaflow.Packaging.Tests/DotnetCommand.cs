using System.Diagnostics;

namespace Metaflow.Packaging.Tests;

/// <summary>Runs the <c>dotnet</c> command, or a shell that calls it, and keeps what it printed.</summary>
internal sealed record DotnetCommand(int ExitCode, string Output)
{
    // It finds what never ends: to pack everything takes a few minutes, and on a busy machine more than ten.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(40);

    public static Task<DotnetCommand> RunAsync(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
        => RunProgramAsync("dotnet", folder, environment, arguments);

    public static async Task<DotnetCommand> RunProgramAsync(
        string program, string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(program, folder, environment, arguments);
        using var timeout = new CancellationTokenSource(Limit);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var error = process.StandardError.ReadToEndAsync(timeout.Token);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return new DotnetCommand(process.ExitCode, await output + await error);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{program} {string.Join(' ', arguments)}' has not ended after {Limit.TotalMinutes:0} minutes.");
        }
    }

    /// <summary>Starts a program that somebody else waits for.</summary>
    public static Process Start(string program, string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        // A compiler server that outlives the command would hold its pipes open, and the test would wait for it.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        // Commands live for seconds: to compile what is hot once more takes a quarter of their time.
        start.Environment["DOTNET_TC_CallCounting"] = "0";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public void AssertSucceeded() => Assert.True(ExitCode == 0, $"Exit code {ExitCode}:\n{Output}");
}
