using System.Globalization;
using System.Text;

namespace Metaflow.ObjectStorage.Http;

/// <summary>Opens a way through a proxy, on which a server and this process speak TLS.</summary>
internal static class ProxyTunnel
{
    private const int LongestHead = 16 << 10;

    /// <summary>Asks a proxy to connect to a server.</summary>
    /// <param name="stream">The connection to the proxy.</param>
    /// <param name="server">The server.</param>
    /// <param name="proxy">The proxy.</param>
    /// <param name="blocks">Whether everything is done on the thread that asks for it, before the call returns.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="IOException">It does not.</exception>
    public static async ValueTask OpenAsync(
        Stream stream, ServerAddress server, HttpProxy proxy, bool blocks, CancellationToken cancellationToken)
    {
        var place = server.WithPort;
        var head = new StringBuilder($"CONNECT {place} HTTP/1.1\r\nhost: {place}\r\n");
        if (proxy.Authorization is { } authorization)
        {
            head.Append(CultureInfo.InvariantCulture, $"proxy-authorization: {authorization}\r\n");
        }

        var request = Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
        if (blocks)
        {
            stream.Write(request);
        }
        else
        {
            await stream.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var answer = await ReadHeadAsync(stream, blocks, cancellationToken).ConfigureAwait(false);
        if (answer.Split(' ') is not [_, var text, ..] || !int.TryParse(text, CultureInfo.InvariantCulture, out var status))
        {
            throw new NoConnectionException($"No connection through {proxy}: it does not speak HTTP.", null) { Setting = proxy.Variable };
        }

        if (status is < 200 or >= 300)
        {
            throw proxy.Refusal(status);
        }
    }

    // By single bytes: what follows the head belongs to the server. The head is short, and is read once for each connection.
    private static async ValueTask<string> ReadHeadAsync(Stream stream, bool blocks, CancellationToken cancellationToken)
    {
        var head = new List<byte>();
        var next = new byte[1];
        while (head.Count < LongestHead && !EndsHead(head))
        {
            var read = blocks ? stream.Read(next) : await stream.ReadAsync(next, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw new IOException("The proxy closed the connection before its answer was whole.");
            }

            head.Add(next[0]);
        }

        return Encoding.Latin1.GetString([.. head]);
    }

    private static bool EndsHead(List<byte> head) => head is [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'];
}
