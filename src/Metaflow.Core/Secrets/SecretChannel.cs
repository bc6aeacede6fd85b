using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Metaflow.Errors;

namespace Metaflow.Secrets;

/// <summary>Tells whoever writes the log of a task the task's secrets, beside its output: a socket in a folder that only this user can
/// enter.</summary>
/// <remarks>The writer of the log opens a channel for each task. The task announces secrets and waits for the answer before the author's
/// code gets them, so that all output that can have them is filtered. Nothing of a channel is inherited by what a task starts, and
/// nothing that is sent is kept in a file.</remarks>
internal sealed class SecretChannel : IDisposable
{
    /// <summary>The most that is announced at once, in bytes: far more than a process can have variables.</summary>
    private const int MaxLength = 64 * 1024 * 1024;

    /// <summary>The longest path of a socket that every system takes.</summary>
    private const int MaxPath = 100;

    private const byte Learned = 6;
    private const string Prefix = "metaflow-secrets-";

    private readonly KnownSecrets _secrets;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _closed = new();
    private readonly string _folder;

    private SecretChannel(KnownSecrets secrets, string folder, Socket listener)
    {
        _secrets = secrets;
        _folder = folder;
        _listener = listener;
        Address = SocketIn(folder);
    }

    /// <summary>Gets what a task announces its secrets to. It is not a secret.</summary>
    public string Address { get; }

    /// <summary>Opens a channel.</summary>
    /// <param name="secrets">Learns what is announced.</param>
    /// <returns>The channel.</returns>
    /// <exception cref="LaunchException">MF6013: the folder of temporary files has no place for it.</exception>
    public static SecretChannel Open(KnownSecrets secrets)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        string? folder = null;
        Socket? listener = null;
        try
        {
            folder = MakeFolder();
            listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(SocketIn(folder)));
            listener.Listen();
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or SocketException
                or ArgumentException or PlatformNotSupportedException)
        {
            listener?.Dispose();
            Remove(folder);
            throw new LaunchException(
                ErrorCodes.SecretChannelNotOpened,
                "A task's secrets could not be hidden in its output.",
                $"The socket on which it announces them could not be created: {Sentence.Of(error.Message)}",
                $"Make room in '{Path.GetTempPath()}', or set TMPDIR to a writable folder with a short path.",
                error)
            {
                IsTransient = true,
            };
        }

        var channel = new SecretChannel(secrets, folder, listener);
        _ = channel.ListenAsync();
        return channel;
    }

    /// <summary>Announces secrets, and waits until they are known.</summary>
    /// <param name="address">The channel's address; <see langword="null"/> when the task was told none.</param>
    /// <param name="values">The secrets.</param>
    /// <exception cref="StepFailedException">MF3040: nobody confirmed that they will be hidden.</exception>
    public static void Announce(string? address, IEnumerable<string> values)
    {
        if (address is null)
        {
            throw NotConfirmed("The task was started without a channel to announce them.", null);
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(address));
            var text = Encoding.UTF8.GetBytes(string.Join('\0', values));
            var length = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
            using var stream = new NetworkStream(socket);
            stream.Write(length);
            stream.Write(text);
            if (stream.ReadByte() != Learned)
            {
                throw NotConfirmed("The writer of the log ended, or rejected them.", null);
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ArgumentException or PlatformNotSupportedException)
        {
            throw NotConfirmed(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closed.Cancel();
        _listener.Dispose();
        Remove(_folder);
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                _ = LearnAsync(await _listener.AcceptAsync(_closed.Token).ConfigureAwait(false));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Without a listener a task that announces secrets is refused, and fails: it does not wait.
            _listener.Dispose();
        }
    }

    private async Task LearnAsync(Socket peer)
    {
        try
        {
            using var stream = new NetworkStream(peer, ownsSocket: true);
            var head = new byte[sizeof(int)];
            await stream.ReadExactlyAsync(head, _closed.Token).ConfigureAwait(false);
            if (BinaryPrimitives.ReadInt32LittleEndian(head) is >= 0 and <= MaxLength and var length)
            {
                var text = new byte[length];
                await stream.ReadExactlyAsync(text, _closed.Token).ConfigureAwait(false);
                _secrets.Add(Encoding.UTF8.GetString(text).Split('\0'));
                await stream.WriteAsync(new[] { Learned }, _closed.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or OutOfMemoryException)
        {
            // The other side gets no answer, and fails.
        }
    }

    /// <summary>The folder of temporary files may have a path that is too long for a socket.</summary>
    private static string MakeFolder()
    {
        var folder = Directory.CreateTempSubdirectory(Prefix).FullName;
        if (OperatingSystem.IsWindows() || Encoding.UTF8.GetByteCount(SocketIn(folder)) <= MaxPath)
        {
            return folder;
        }

        Directory.Delete(folder);
        return Directory.CreateDirectory(
            $"/tmp/{Prefix}{RandomNumberGenerator.GetHexString(16, lowercase: true)}",
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
    }

    private static string SocketIn(string folder) => Path.Combine(folder, "socket");

    private static void Remove(string? folder)
    {
        try
        {
            if (folder is not null)
            {
                File.Delete(SocketIn(folder));
                Directory.Delete(folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It holds nothing.
        }
    }

    private static StepFailedException NotConfirmed(string why, Exception? cause) => new(
        ErrorCodes.SecretsNotConfirmed,
        "The step was not given its secrets.",
        $"Nobody confirmed that they will be hidden in its output. {Sentence.Of(why)}",
        "Run the flow again. The program that ran it may have been stopped.",
        cause)
    {
        IsTransient = true,
    };
}
