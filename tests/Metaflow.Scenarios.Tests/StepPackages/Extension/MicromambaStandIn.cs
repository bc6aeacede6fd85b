using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Metaflow.Python.Tests.Channels;
using Metaflow.Python.Tests.Conda.Solving.Oracle;

namespace Metaflow.Scenarios.Tests.StepPackages.Extension;

/// <summary>
/// Stands in for the program micromamba, which Metaflow's extension calls: a script by that name asks the test, which answers as micromamba
/// would. Another solver than ours solves, and packages are put into folders by the simplest means, so that no code of ours is between the
/// extension and what it reads and writes.
/// </summary>
internal sealed class MicromambaStandIn : IAsyncDisposable
{
    private const string Platform = "linux-64";

    // The extension may only begin the program anew for each question.
    private const string Script = """
        #!/usr/bin/env python3
        import json, os, socket, sys
        call = socket.socket(socket.AF_UNIX)
        call.connect(os.path.join(os.path.dirname(os.path.abspath(__file__)), "calls"))
        variables = {name: value for name, value in os.environ.items() if name.startswith("CONDA_")}
        call.sendall(json.dumps({"arguments": sys.argv[1:], "variables": variables}).encode() + b"\n")
        answer = json.loads(call.makefile().readline())
        print(answer["output"])
        sys.exit(answer["exitCode"])
        """;

    private readonly string _root;
    private readonly IReadOnlyList<(string Url, string Folder)> _channels;
    private readonly Lazy<OracleProcess> _oracle;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _answering;

    /// <summary>Puts the program into a folder, and answers it.</summary>
    /// <param name="folder">The folder, which is on the path of the extension.</param>
    /// <param name="channels">The channels of its configuration, the preferred one first: address and folder.</param>
    public MicromambaStandIn(string folder, IReadOnlyList<(string Url, string Folder)> channels)
    {
        _root = Path.Combine(folder, "mamba");
        _channels = channels;
        _oracle = new(() => OracleProcess.Start(Path.Combine(folder, "oracle")));
        var program = Path.Combine(folder, "micromamba");
        File.WriteAllText(program, Script);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "calls")));
        _listener.Listen();
        _answering = AnswerAsync();
    }

    /// <summary>The folder of environments.</summary>
    public string Environments => Path.Combine(_root, "envs");

    /// <summary>The folder of packages, which the extension fills.</summary>
    public string Packages => Path.Combine(_root, "pkgs");

    /// <summary>Starts what solves, or skips the test with the reason.</summary>
    public void RequireSolver() => _ = _oracle.Value;

    /// <summary>Removes all environments and packages.</summary>
    public void Clear()
    {
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _answering;
        _stop.Dispose();
        if (_oracle.IsValueCreated)
        {
            _oracle.Value.Dispose();
        }
    }

    private async Task AnswerAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var caller = await _listener.AcceptAsync(_stop.Token);
                await using var stream = new NetworkStream(caller);
                using var reader = new StreamReader(stream, leaveOpen: true);
                var call = JsonSerializer.Deserialize<Call>((await reader.ReadLineAsync(_stop.Token))!, JsonSerializerOptions.Web)!;
                await JsonSerializer.SerializeAsync(stream, Answer(call), JsonSerializerOptions.Web, _stop.Token);
                await stream.WriteAsync("\n"u8.ToArray(), _stop.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
            {
                // The test is over, or the caller was ended.
            }
        }
    }

    private CallAnswer Answer(Call call)
    {
        try
        {
            return call.Arguments switch
            {
                ["info", ..] => new(Information().ToJsonString(), 0),
                ["create", .. var rest] when rest.Contains("--dry-run") => Solve(rest, call.Variables),
                ["create", .. var rest] => Link(ValueOf(rest, "--name"), ValueOf(rest, "--file")),
                ["env", "remove", .. var rest] => Remove(ValueOf(rest, "--name")),
                _ => new($"The stand-in knows no '{string.Join(' ', call.Arguments)}'.", 2),
            };
        }
        catch (Exception error)
        {
            // The extension shows what the program printed.
            return new(error.ToString(), 1);
        }
    }

    private JsonObject Information() => new()
    {
        ["micromamba version"] = "2.0.0",
        ["base environment"] = _root,
        ["envs directories"] = new JsonArray(Directory.CreateDirectory(Environments).FullName),
        ["package cache"] = new JsonArray(Directory.CreateDirectory(Packages).FullName),
        ["channels"] = new JsonArray([.. _channels.Select(static channel => (JsonNode)channel.Url)]),
        ["virtual packages"] = new JsonArray("__unix=0=0", "__linux=6.1=0", $"__glibc={Glibc()}=0"),
    };

    private CallAnswer Solve(string[] arguments, Dictionary<string, string> variables)
    {
        var (specs, channels) = (new List<string>(), new List<(string Url, string Folder)>());
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "-c":
                    var url = arguments[++i];
                    channels.Add(_channels.Single(channel => channel.Url == url));
                    break;
                case "--prefix" or "-r":
                    i++;
                    break;
                case ['-', ..]:
                    break;
                default:
                    specs.Add(arguments[i]);
                    break;
            }
        }

        channels = [.. channels.Union(_channels)];
        var glibc = variables.GetValueOrDefault("CONDA_OVERRIDE_GLIBC", Glibc());
        var answer = _oracle.Value.Solve(new(
            specs, [.. channels.Select(static channel => channel.Folder)], Platform,
            [["__unix", "0", "0"], ["__linux", "6.1", "0"], ["__glibc", glibc, "0"]]));
        if (answer.Records is null)
        {
            return new(new JsonObject { ["success"] = false, ["error"] = answer.Error }.ToJsonString(), 1);
        }

        // The oracle names the channel by its number: c0/linux-64::file.
        var links = answer.Records.Select(record =>
        {
            var (place, file) = (record.Split("::")[0], record.Split("::")[1]);
            var channel = channels[int.Parse(place[1..place.IndexOf('/', StringComparison.Ordinal)])];
            var part = place[(place.IndexOf('/', StringComparison.Ordinal) + 1)..];
            return (JsonNode)new JsonObject
            {
                ["url"] = $"{channel.Url}/{part}/{file}",
                ["md5"] = Hashes.Md5OfFile(Path.Combine(channel.Folder, part, file)),
            };
        });
        return new(
            new JsonObject { ["success"] = true, ["actions"] = new JsonObject { ["LINK"] = new JsonArray([.. links]) } }.ToJsonString(), 0);
    }

    // Nothing is fetched: the extension has put the packages into the folder.
    private CallAnswer Link(string name, string list)
    {
        var files = new List<string>();
        foreach (var line in File.ReadLines(list).Where(static line => line.StartsWith("http", StringComparison.Ordinal)))
        {
            var (address, hash) = (line.Split('#')[0], line.Split('#')[1].Replace("md5=", "", StringComparison.Ordinal));
            var file = Path.Combine(Packages, address[(address.LastIndexOf('/') + 1)..]);
            Assert.Equal(hash, Hashes.Md5OfFile(file));
            files.Add(file);
        }

        new HandLinkedEnvironment("", Path.Combine(Environments, name)).LinkFiles(files);
        return new("{\"success\": true}", 0);
    }

    private CallAnswer Remove(string name)
    {
        Directory.Delete(Path.Combine(Environments, name), recursive: true);
        return new("{\"success\": true}", 0);
    }

    private static string ValueOf(string[] arguments, string option) => arguments[Array.IndexOf(arguments, option) + 1];

    private static string Glibc() => Marshal.PtrToStringAnsi(GnuGetLibcVersion())!;

    [DllImport("libc", EntryPoint = "gnu_get_libc_version")]
    private static extern IntPtr GnuGetLibcVersion();

    private sealed record Call(string[] Arguments, Dictionary<string, string> Variables);

    private sealed record CallAnswer(string Output, int ExitCode);
}
