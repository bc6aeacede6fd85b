using System.Diagnostics;
using System.Globalization;
using Metaflow.ObjectStorage.Tests.Servers;

[assembly: AssemblyFixture(typeof(AzuriteServer))]

namespace Metaflow.ObjectStorage.Tests.Servers;

/// <summary>Azurite, Microsoft's emulator of Azure Blob Storage, on a free port of this machine. It starts with the first test that needs
/// it; npm installs it once for all builds of a user.</summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    /// <summary>The name of its account.</summary>
    public const string Account = "devstoreaccount1";

    /// <summary>The key of its account, which is in its documentation.</summary>
    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const string Version = "3.37.0";
    private static readonly TimeSpan InstallPatience = TimeSpan.FromMinutes(5);

    private readonly Lazy<Task<Uri?>> _address;
    private readonly string _data = Path.Combine(Path.GetTempPath(), $"azurite-{Guid.NewGuid():N}"[..16]);
    private string _missing = "";
    private Process? _process;

    public AzuriteServer() => _address = new Lazy<Task<Uri?>>(StartAsync);

    private static string Cache => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "metaflow-tests", $"azurite-{Version}");

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
            Directory.Delete(_data, recursive: true);
        }
    }

    /// <summary>Returns its address, without the account, or skips the test.</summary>
    public async Task<Uri> RequiredAsync()
    {
        var address = await _address.Value;
        Assert.SkipWhen(address is null, _missing);
        return address;
    }

    private async Task<Uri?> StartAsync()
    {
        var program = Path.Combine(Cache, "node_modules", "azurite", "dist", "src", "blob", "main.js");
        if (!File.Exists(program) && await InstallAsync() is { } problem)
        {
            _missing = $"Azurite {Version} is not there, and npm could not install it: {problem}";
            return null;
        }

        Directory.CreateDirectory(_data);
        var port = LocalPort.Free();
        _process = Start(
            "node",
            [
                program, "--blobHost", "127.0.0.1", "--blobPort", port.ToString(CultureInfo.InvariantCulture), "--location", _data,
                "--silent", "--disableTelemetry", "--skipApiVersionCheck",
            ],
            _data);
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await LocalPort.WaitAsync(port);
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
    }

    /// <summary>Installs it beside its place and moves it there: what is there is whole, although several processes do this
    /// at once.</summary>
    private static async Task<string?> InstallAsync()
    {
        var beside = $"{Cache}-{Guid.NewGuid():N}";
        Directory.CreateDirectory(beside);
        try
        {
            using var npm = Start(
                OperatingSystem.IsWindows() ? "npm.cmd" : "npm",
                ["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", beside, $"azurite@{Version}"],
                beside);
            using var patience = new CancellationTokenSource(InstallPatience);
            var output = npm.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = await npm.StandardError.ReadToEndAsync(patience.Token);
            await output;
            await npm.WaitForExitAsync(patience.Token);
            if (npm.ExitCode != 0)
            {
                return errors.Trim().Split('\n')[^1];
            }

            Directory.Move(beside, Cache);
            return null;
        }
        catch (IOException) when (Directory.Exists(Cache))
        {
            return null;
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or OperationCanceledException)
        {
            return error.Message;
        }
        finally
        {
            if (Directory.Exists(beside))
            {
                Directory.Delete(beside, recursive: true);
            }
        }
    }

    private static Process Start(string program, string[] arguments, string folder)
        => Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
}
