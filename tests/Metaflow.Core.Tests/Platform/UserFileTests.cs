using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Text;
using Metaflow.Configs;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Settings;

namespace Metaflow.Core.Tests.Platform;

/// <summary>Files that users name, which may be no files. Each read that would never end is refused, and every test of it would hang
/// otherwise.</summary>
public sealed class UserFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("pipe", "is a named pipe, and")]
    [InlineData("link", "is a named pipe, and")]
    [InlineData("socket", "is a socket rather")]
    [InlineData("/dev/zero", "is a device rather")]
    [InlineData("/dev/urandom", "is a device rather")]
    [InlineData("/dev/full", "is a device rather")]
    public void What_is_no_file_is_refused_before_it_is_opened(string name, string why)
    {
        Make();
        var path = Path.Combine(_folder, name);

        Assert.StartsWith(why, UserFile.WhyNotRead(path), StringComparison.Ordinal);
        Assert.Contains(why, Assert.Throws<IOException>(() => UserFile.ReadAllBytes(path)).Message, StringComparison.Ordinal);
        Assert.Contains(why, Assert.Throws<IOException>(() => UserFile.ReadAllText(path)).Message, StringComparison.Ordinal);
        Assert.StartsWith(why, Assert.Throws<FormatException>(() => ConfigFile.ReadText(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_settings_file_that_is_no_file_is_refused_with_its_code()
    {
        Make();
        File.Move(Path.Combine(_folder, "pipe"), Path.Combine(_folder, "config.json"));

        var error = Assert.Throws<ConfigurationException>(() => SettingsLoader.Load(
            new Dictionary<string, string> { ["METAFLOW_HOME"] = _folder, ["METAFLOW_USER"] = "ada" }, _folder));

        Assert.Contains("is a named pipe", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/fd/")]
    [InlineData("/proc/self/fd/")]
    public async Task What_a_shell_hands_over_is_read_to_its_end(string folder)
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        var path = folder + ((int)pipe.ClientSafePipeHandle.DangerousGetHandle()).ToString(CultureInfo.InvariantCulture);
        var reading = Task.Run(() => UserFile.ReadAllText(path), TestContext.Current.CancellationToken);
        var text = string.Concat(Enumerable.Repeat("a line of what is handed over\n", 10_000));

        await pipe.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
        pipe.Dispose();

        Assert.Equal(text, await reading);
    }

    [Fact]
    public void Files_are_read_whole_and_the_null_device_is_empty()
    {
        var path = Path.Combine(_folder, "file");
        File.WriteAllBytes(path, [0xEF, 0xBB, 0xBF, .. "ä"u8]);

        Assert.Equal("ä", UserFile.ReadAllText(path));
        Assert.Equal(5, UserFile.ReadAllBytes(path).Length);
        Assert.Empty(UserFile.ReadAllBytes("/dev/null"));
        Assert.NotEmpty(UserFile.ReadAllBytes("/proc/self/status"));
        Assert.Throws<FileNotFoundException>(() => UserFile.ReadAllBytes(path + "x"));
        Assert.Throws<UnauthorizedAccessException>(() => UserFile.ReadAllBytes(_folder));
    }

    private void Make()
    {
        using (var make = Process.Start("mkfifo", [Path.Combine(_folder, "pipe")]))
        {
            make.WaitForExit();
        }

        File.CreateSymbolicLink(Path.Combine(_folder, "link"), "pipe");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "bound")));
        File.CreateSymbolicLink(Path.Combine(_folder, "socket"), "bound2");
        File.Move(Path.Combine(_folder, "bound"), Path.Combine(_folder, "bound2"));
    }
}
