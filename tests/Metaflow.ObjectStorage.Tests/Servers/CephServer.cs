using System.Diagnostics;
using System.Globalization;
using Metaflow.ObjectStorage.Tests.Servers;

[assembly: AssemblyFixture(typeof(CephServer))]

namespace Metaflow.ObjectStorage.Tests.Servers;

/// <summary>Ceph's gateway, a real server of S3's protocol. It starts with the first test that needs it.</summary>
public sealed class CephServer : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ceph-{Guid.NewGuid():N}"[..13]);
    private readonly Lazy<Task<Uri>> _address;
    private Process? _process;

    public CephServer() => _address = new Lazy<Task<Uri>>(StartAsync);

    public async ValueTask DisposeAsync()
    {
        if (_process is not { } process)
        {
            return;
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Returns its address, or skips the test.</summary>
    public async Task<Uri> RequiredAsync()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1", "It is one of the long tests: 'eng/test.sh --all'.");
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(static folder => File.Exists($"{folder}/radosgw")),
            "There is no radosgw on this machine.");
        return await _address.Value;
    }

    private async Task<Uri> StartAsync()
    {
        var port = LocalPort.Free();
        var script = Path.Combine(AppContext.BaseDirectory, "Servers", "ceph.sh");
        _process = Process.Start(new ProcessStartInfo("bash", [script, _folder, Text(port), Text(LocalPort.Free())])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("ready", await _process.StandardOutput.ReadLineAsync());
        return new Uri($"http://127.0.0.1:{Text(port)}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
