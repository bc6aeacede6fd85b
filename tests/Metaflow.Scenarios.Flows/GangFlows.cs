using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Metaflow;

namespace Metaflow.Scenarios.Flows;

/// <summary>A gang whose tasks add up their numbers over a connection to the first one.</summary>
public partial class GangFlow : FlowSpec
{
    [Parameter(Default = 3)]
    public partial int Size { get; }

    public partial int Mine { get; set; }

    public partial int Sum { get; set; }

    public partial List<int> Indices { get; set; }

    public partial List<int> Sums { get; set; }

    public partial List<string> Environments { get; set; }

    public partial string Seen { get; set; }

    [Step]
    Transition Start() => Next(Train, numParallel: Size);

    [Step, Parallel]
    async Task<Transition> Train(int node)
    {
        var place = Current.Parallel!;
        Mine = node;
        Seen = string.Join(
            ' ',
            new[]
            {
                "MAIN_IP", "NUM_NODES", "NODE_INDEX", "CONTROL_TASK_ID",
            }.Select(name => Environment.GetEnvironmentVariable("MF_PARALLEL_" + name)));
        Sum = place.IsMain ? await CollectAsync(place) : await SendAsync(place);
        Console.WriteLine($"node {node} of {place.NodeCount} sees {Sum}");
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<GangFlow> inputs)
    {
        Indices = [.. inputs.Select(input => input.Mine)];
        Sums = [.. inputs.Select(input => input.Sum)];
        Environments = [.. inputs.Select(input => input.Seen)];
        return Next(End);
    }

    [Step]
    void End()
    {
    }

    /// <summary>Gets the file in which the first task names its port. The system chooses the port: any number that the flow chose could
    /// be in use.</summary>
    private string PortFile => Path.Combine(Path.GetTempPath(), $"gang-{Current.RunId}-{Current.Attempt}.port");

    private async Task<int> CollectAsync(ParallelPosition place)
    {
        using var listener = new TcpListener(IPAddress.Parse(place.MainIp), 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(PortFile + ".new", port);
        File.Move(PortFile + ".new", PortFile);
        var sum = 1;
        var workers = new List<TcpClient>();
        while (workers.Count < place.NodeCount - 1)
        {
            var worker = await listener.AcceptTcpClientAsync(Current.CancellationToken);
            workers.Add(worker);
            sum += worker.GetStream().ReadByte();
        }

        foreach (var worker in workers)
        {
            worker.GetStream().WriteByte((byte)sum);
            worker.Dispose();
        }

        File.Delete(PortFile);
        return sum;
    }

    private async Task<int> SendAsync(ParallelPosition place)
    {
        while (!File.Exists(PortFile))
        {
            await Task.Delay(20, Current.CancellationToken);
        }

        var port = int.Parse(await File.ReadAllTextAsync(PortFile), CultureInfo.InvariantCulture);
        using var main = new TcpClient(place.MainIp, port);
        main.GetStream().WriteByte((byte)(place.NodeIndex + 1));
        return main.GetStream().ReadByte();
    }
}

/// <summary>A gang in a foreach, with another step beside it.</summary>
public partial class NestedGangFlow : FlowSpec
{
    public partial string Letter { get; set; }

    public partial string Text { get; set; }

    public partial List<string> Texts { get; set; }

    public partial List<string> All { get; set; }

    [Step]
    Transition Start() => Next(Fan, forEach: new[] { "x", "y" });

    [Step]
    Transition Fan(string letter)
    {
        Letter = letter;
        return Next(Work, numParallel: letter == "x" ? 1 : 2);
    }

    [Step, Parallel]
    Transition Work()
    {
        var stack = string.Join('/', Current.ForeachStack.Select(place => $"{place.Index}of{place.Count}"));
        Text = $"{Letter}{Current.Index}:{stack}";
        return Next(Gather);
    }

    [Step]
    Transition Gather(Inputs<NestedGangFlow> inputs)
    {
        Texts = [.. inputs.Select(input => input.Text)];
        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<NestedGangFlow> inputs)
    {
        All = [.. inputs.SelectMany(input => input.Texts)];
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>A gang of which one task fails in its first attempt, while the others wait.</summary>
public partial class FailingGangFlow : FlowSpec
{
    /// <summary>Gets how it fails: raise, kill or wait.</summary>
    [Parameter(Default = "raise")]
    public partial string How { get; }

    [Parameter(Default = 1)]
    public partial int Attempts { get; }

    public partial int Attempt { get; set; }

    public partial List<int> AttemptsSeen { get; set; }

    [Step]
    Transition Start() => Next(Work, numParallel: 3);

    [Step, Parallel, Retry(Times = 1)]
    Transition Work()
    {
        Attempt = Current.Attempt;
        Console.WriteLine($"child {Environment.ProcessId}");
        if (Current.Attempt < Attempts)
        {
            if (Current.Parallel!.NodeIndex == 1)
            {
                Thread.Sleep(300);
                if (How == "raise")
                {
                    throw new InvalidOperationException("node 1 is broken");
                }

                if (How == "kill")
                {
                    System.Diagnostics.Process.GetCurrentProcess().Kill();
                }
            }

            Thread.Sleep(TimeSpan.FromMinutes(5));
        }

        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<FailingGangFlow> inputs)
    {
        AttemptsSeen = [.. inputs.Select(input => input.Attempt)];
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}

/// <summary>A gang of which one task fails for good, and the failure is caught.</summary>
public partial class CaughtGangFlow : FlowSpec
{
    [Parameter(Default = false)]
    public partial bool Die { get; }

    public partial StepFailure? Failed { get; set; }

    public partial List<string> Failures { get; set; }

    [Step]
    Transition Start() => Next(Work, numParallel: 2);

    [Step, Parallel, Catch(Var = nameof(Failed))]
    Transition Work(int node)
    {
        if (node == 1)
        {
            if (Die)
            {
                System.Diagnostics.Process.GetCurrentProcess().Kill();
            }

            throw new InvalidOperationException("node 1 is broken");
        }

        if (Die)
        {
            Thread.Sleep(TimeSpan.FromMinutes(5));
        }

        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<CaughtGangFlow> inputs)
    {
        Failures = [.. inputs.Select(input => input.Failed?.Type ?? "none")];
        return Next(End);
    }

    [Step]
    void End()
    {
    }
}
