using System.Diagnostics;
using System.Globalization;
using Metaflow.ObjectStorage.Tests.Servers;

[assembly: AssemblyFixture(typeof(GoogleEmulator))]

namespace Metaflow.ObjectStorage.Tests.Servers;

/// <summary>The storage emulator of firebase-tools, behind <see cref="GoogleRules"/>. It starts with the first test that needs
/// it.</summary>
public sealed class GoogleEmulator : IAsyncDisposable
{
    private const string Package = "firebase-tools@13.35.1";
    private readonly string _data = Directory.CreateTempSubdirectory("google").FullName;
    private readonly Lazy<Task<GoogleRules?>> _rules;
    private string _reason = "";
    private Process? _process;

    public GoogleEmulator() => _rules = new Lazy<Task<GoogleRules?>>(StartAsync);

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            await (await _rules.Value)!.DisposeAsync();
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_data, recursive: true);
    }

    /// <summary>Returns the server that tests use, or skips the test.</summary>
    internal async Task<GoogleRules> RequiredAsync()
    {
        var rules = await _rules.Value;
        Assert.SkipWhen(rules is null, _reason);
        return rules;
    }

    private async Task<GoogleRules?> StartAsync()
    {
        // The package is large.
        var folder = NpmPackage.FolderOf(Package);
        if (!Directory.Exists(folder) && Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") != "1")
        {
            _reason = "Google's emulator is not installed. The first of the long tests ('eng/test.sh --all') installs it.";
            return null;
        }

        if (await NpmPackage.InstallAsync(Package) is { } problem)
        {
            _reason = problem;
            return null;
        }

        var port = LocalPort.Free().ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "Servers", "google.js"), folder, port])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TMPDIR"] = _data;
        _process = Process.Start(start)!;
        Assert.Equal("ready", await _process.StandardOutput.ReadLineAsync());
        _ = _process.StandardOutput.ReadToEndAsync();
        return await GoogleRules.StartAsync(new Uri($"http://127.0.0.1:{port}"));
    }
}
