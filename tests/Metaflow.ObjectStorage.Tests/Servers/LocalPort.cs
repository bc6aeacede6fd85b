using System.Net;
using System.Net.Sockets;

namespace Metaflow.ObjectStorage.Tests.Servers;

/// <summary>Ports of this machine.</summary>
internal static class LocalPort
{
    /// <summary>Returns a port on which nothing listens.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until something listens on a port.</summary>
    /// <param name="port">The port.</param>
    public static async Task WaitAsync(int port)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (tries < 600)
            {
                await Task.Delay(100);
            }
        }
    }
}
