#!/usr/bin/env dotnet
#:project ../src/Metaflow/Metaflow.csproj
using System.Net;
using System.Net.Sockets;
using Metaflow;

return await FlowProgram.RunAsync<GangFlow>(args);

/// <summary>A gang fits a line to data of which each task has only a part. In each round, the first task averages the slopes of all
/// tasks.</summary>
public partial class GangFlow : FlowSpec
{
    private const double Slope = 3;

    /// <summary>The number of tasks.</summary>
    [Parameter(Default = 3)]
    public partial int Nodes { get; }

    /// <summary>The number of rounds.</summary>
    [Parameter(Default = 50)]
    public partial int Rounds { get; }

    public partial int Port { get; set; }

    public partial double Fitted { get; set; }

    [Step]
    Transition Start()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Port = ((IPEndPoint)free.LocalEndpoint).Port;
        Fitted = 0;
        return Next(Fit, numParallel: Nodes);
    }

    /// <summary>All tasks of this step run at once. The first one listens, and the others connect to it.</summary>
    [Step, Parallel]
    async Task<Transition> Fit(int node)
    {
        var gang = Current.Parallel!;
        var streams = gang.IsMain ? await AcceptAsync(gang.NodeCount - 1) : [await ConnectAsync(gang.MainIp)];
        for (var round = 0; round < Rounds; round++)
        {
            Fitted = await AverageAsync(gang.IsMain, streams, Improve(Fitted, node));
        }

        streams.ForEach(stream => stream.Dispose());
        Console.WriteLine($"node {node} of {gang.NodeCount}: slope {Fitted:0.000}");
        return Next(Compare);
    }

    [Step]
    Transition Compare(Inputs<GangFlow> inputs)
    {
        Fitted = inputs.Select(input => input.Fitted).Distinct().Single();
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"all agree on {Fitted:0.000}");

    /// <summary>One step of gradient descent on the node's own part of the data.</summary>
    private static double Improve(double slope, int node)
    {
        var gradient = Enumerable.Range(1, 20).Average(i => ((slope - Slope) * (i + node) * (i + node)) / 400.0);
        return slope - (0.8 * gradient);
    }

    private static async Task<double> AverageAsync(bool isMain, List<Stream> streams, double mine)
    {
        if (!isMain)
        {
            await WriteAsync(streams[0], mine);
            return await ReadAsync(streams[0]);
        }

        var sum = mine;
        foreach (var stream in streams)
        {
            sum += await ReadAsync(stream);
        }

        var average = sum / (streams.Count + 1);
        foreach (var stream in streams)
        {
            await WriteAsync(stream, average);
        }

        return average;
    }

    private static async Task WriteAsync(Stream stream, double value) => await stream.WriteAsync(BitConverter.GetBytes(value));

    private static async Task<double> ReadAsync(Stream stream)
    {
        var bytes = new byte[sizeof(double)];
        await stream.ReadExactlyAsync(bytes);
        return BitConverter.ToDouble(bytes);
    }

    private async Task<List<Stream>> AcceptAsync(int count)
    {
        using var listener = new TcpListener(IPAddress.Any, Port);
        listener.Start();
        var streams = new List<Stream>();
        while (streams.Count < count)
        {
            streams.Add((await listener.AcceptTcpClientAsync(Current.CancellationToken)).GetStream());
        }

        return streams;
    }

    private async Task<Stream> ConnectAsync(string address)
    {
        while (true)
        {
            try
            {
                return new TcpClient(address, Port).GetStream();
            }
            catch (SocketException)
            {
                await Task.Delay(20, Current.CancellationToken);   // the first task is not listening yet
            }
        }
    }
}
