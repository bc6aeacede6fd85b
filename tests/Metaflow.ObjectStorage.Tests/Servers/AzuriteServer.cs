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

    private const string Package = "azurite@3.37.0";

    private readonly Lazy<Task<Uri?>> _address;
    private readonly string _data = Path.Combine(Path.GetTempPath(), $"azurite-{Guid.NewGuid():N}"[..16]);
    private string _missing = "";
    private Process? _process;

    public AzuriteServer() => _address = new Lazy<Task<Uri?>>(StartAsync);

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
        if (await NpmPackage.InstallAsync(Package) is { } problem)
        {
            _missing = problem;
            return null;
        }

        var program = Path.Combine(NpmPackage.FolderOf(Package), "node_modules", "azurite", "dist", "src", "blob", "main.js");
        Directory.CreateDirectory(_data);
        var port = LocalPort.Free();
        _process = Process.Start(new ProcessStartInfo(
            "node",
            [
                program, "--blobHost", "127.0.0.1", "--blobPort", port.ToString(CultureInfo.InvariantCulture), "--location", _data,
                "--silent", "--disableTelemetry", "--skipApiVersionCheck",
            ])
        {
            WorkingDirectory = _data,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await LocalPort.WaitAsync(port);
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
    }
}
