using System.ComponentModel;
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

    // The package is large, so it is installed once for this user.
    private static string Folder { get; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
        "metaflow-tests", Package);

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
        if (!Directory.Exists(Folder) && !await TryInstallAsync())
        {
            return null;
        }

        var port = LocalPort.Free().ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "Servers", "google.js"), Folder, port])
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

    private async Task<bool> TryInstallAsync()
    {
        if (Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") != "1")
        {
            _reason = "Google's emulator is not installed. The first of the long tests ('eng/test.sh --all') installs it.";
            return false;
        }

        var unfinished = Directory.CreateDirectory($"{Folder}-{Guid.NewGuid():N}");
        try
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", Package])
            {
                WorkingDirectory = unfinished.FullName,
            })!;
            await npm.WaitForExitAsync();
            if (npm.ExitCode == 0)
            {
                // Tests of another assembly may have been faster.
                if (!Directory.Exists(Folder))
                {
                    unfinished.MoveTo(Folder);
                }

                return true;
            }

            _reason = $"npm could not install {Package}.";
        }
        catch (Win32Exception)
        {
            _reason = "There is no npm on this machine.";
        }

        Directory.Delete(unfinished.FullName, recursive: true);
        return false;
    }
}
