using System.Diagnostics;
using System.Globalization;
using Metaflow.ObjectStorage.Tests.Servers;

[assembly: AssemblyFixture(typeof(MotoServer))]

namespace Metaflow.ObjectStorage.Tests.Servers;

/// <summary>Moto's imitation of AWS, on a free port of this machine. It starts with the first test that needs it, and takes every
/// key.</summary>
public sealed class MotoServer : IAsyncDisposable
{
    // Moto looks for an object and stores it in two steps, so that of several who create one at once more than one can win. S3 and Ceph's
    // gateway do it in one step. So conditional requests are handled one after the other here.
    private const string Program = """
        import threading
        import moto.server

        conditional = threading.Lock()
        run = moto.server.run_simple

        def in_order(application):
            def handle(environment, start_response):
                if "HTTP_IF_NONE_MATCH" in environment or "HTTP_IF_MATCH" in environment:
                    with conditional:
                        return list(application(environment, start_response))
                return application(environment, start_response)
            return handle

        moto.server.run_simple = lambda host, port, application, **options: run(host, port, in_order(application), **options)
        moto.server.main()
        """;

    private readonly Lazy<Task<Uri?>> _address;
    private Process? _process;

    public MotoServer() => _address = new Lazy<Task<Uri?>>(StartAsync);

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>Returns its address, or skips the test.</summary>
    public async Task<Uri> RequiredAsync()
    {
        var address = await _address.Value;
        Assert.SkipWhen(address is null, "There is no Python with moto on this machine.");
        return address;
    }

    private async Task<Uri?> StartAsync()
    {
        if (Python() is not { } python)
        {
            return null;
        }

        var port = LocalPort.Free();
        _process = Process.Start(new ProcessStartInfo(
            python, ["-c", Program, "-H", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture)])
        {
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

    /// <summary>Returns a Python that has moto, and so boto3 too; <see langword="null"/> if there is none.</summary>
    internal static string? Python()
    {
        var versions = $"{Home}/.pyenv/versions";
        string[] candidates =
        [
            "python3",
            .. Directory.Exists(versions) ? Directory.GetDirectories(versions).Select(static folder => $"{folder}/bin/python3") : [],
        ];
        return candidates.FirstOrDefault(static python =>
        {
            try
            {
                using var process = Process.Start(
                    new ProcessStartInfo(python, ["-c", "import moto.server"]) { RedirectStandardError = true });
                process!.StandardError.ReadToEnd();
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        });
    }

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
}
