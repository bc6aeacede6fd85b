using System.Diagnostics;
using System.Text.Json;

namespace Metaflow.Python.Tests.Conda.Solving.Oracle;

/// <summary>Another solver, in a process of Node. It is fetched by npm once for a run of the tests.</summary>
internal sealed class OracleProcess : IDisposable
{
    private const string Package = "@conda-org/rattler@0.3.5";

    private readonly Process _process;

    private OracleProcess(Process process) => _process = process;

    /// <summary>Starts the solver, or skips the test with the reason.</summary>
    /// <param name="folder">A folder for the solver.</param>
    public static OracleProcess Start(string folder)
    {
        // A folder that has it already saves the fetch.
        if (Environment.GetEnvironmentVariable("METAFLOW_TEST_RATTLER") is { Length: > 0 } ready)
        {
            folder = ready;
        }
        else
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "package.json"), "{\"private\":true}");
            using var npm = TryStart("npm", folder, "install", "--no-audit", "--no-fund", Package);
            Assert.SkipWhen(npm is null, "npm is not on this machine.");
            npm!.StandardInput.Close();
            npm.WaitForExit();
            Assert.SkipUnless(npm.ExitCode == 0, $"npm does not find {Package}.");
        }

        var script = Path.Combine(AppContext.BaseDirectory, "Conda", "Solving", "Oracle", "oracle.cjs");
        var process = TryStart("node", folder, script, folder);
        Assert.SkipWhen(process is null, "Node is not on this machine.");
        return new OracleProcess(process!);
    }

    public OracleAnswer Solve(OracleQuestion question)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(question, JsonSerializerOptions.Web));
        _process.StandardInput.Flush();
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The oracle has ended.");
        return JsonSerializer.Deserialize<OracleAnswer>(line, JsonSerializerOptions.Web)!;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static Process? TryStart(string program, string folder, params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

/// <summary>A request to the other solver.</summary>
internal sealed record OracleQuestion(
    IReadOnlyList<string> Specs, IReadOnlyList<string> Channels, string Platform, IReadOnlyList<string[]> Virtual);

/// <summary>Its answer.</summary>
internal sealed record OracleAnswer(IReadOnlyList<string>? Records, string? Error, long Milliseconds);
