using Microsoft.Extensions.DependencyInjection;

namespace Metaflow.Hosting.Tests;

public interface IVoice
{
    string Name { get; }
}

public sealed record Voice(string Name) : IVoice;

/// <summary>Makes the services in the processes of tasks.</summary>
public sealed class ProcessServices : IFlowServices
{
    public IServiceProvider Build() => new ServiceCollection().AddSingleton<IVoice>(new Voice("a process")).BuildServiceProvider();
}

public partial class HostedFlow : FlowSpec
{
    [Parameter(Default = "word")]
    public partial string Word { get; }

    [Parameter(Default = 1)]
    public partial int Number { get; }

    [Service]
    public partial IVoice Voice { get; }

    public partial string Text { get; set; }

    public partial int ProcessId { get; set; }

    [Step]
    private Transition Start()
    {
        Text = $"{Word} from {Voice.Name}";
        ProcessId = Environment.ProcessId;
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}

/// <summary>Asks for no service, in a program that has the assemblies of services beside it.</summary>
public partial class PlainFlow : FlowSpec
{
    public partial List<string> Loaded { get; set; }

    [Step]
    private Transition Start() => Next(End);

    [Step]
    private void End() => Loaded = LoadedAssemblies.Of("Microsoft.Extensions.");
}

/// <summary>Asks for a service, and so loads what makes it.</summary>
public partial class ServedFlow : FlowSpec
{
    [Service]
    public partial IVoice Voice { get; }

    public partial List<string> Loaded { get; set; }

    [Step]
    private void End()
    {
        _ = Voice.Name;
        Loaded = LoadedAssemblies.Of("Microsoft.Extensions.");
    }
}

internal static class LoadedAssemblies
{
    public static List<string> Of(string prefix)
        => [.. AppDomain.CurrentDomain.GetAssemblies().Select(static assembly => assembly.GetName().Name!)
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];
}

public partial class StumblingFlow : FlowSpec
{
    [Step, Retry(Times = 1)]
    private Transition Start()
    {
        Console.WriteLine("stumbling");
        return Current.Attempt < 9 ? throw new InvalidOperationException("fell") : Next(End);
    }

    [Step]
    private void End()
    {
    }
}

public partial class EndlessFlow : FlowSpec
{
    [Step]
    private async Task<Transition> Start()
    {
        await Task.Delay(Timeout.Infinite, Current.CancellationToken);
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}

public sealed record HostedConfig(string Model, double Rate, IReadOnlyList<int> Sizes, IReadOnlyDictionary<string, bool> Flags);

public partial class ConfiguredFlow : FlowSpec
{
    [Config]
    public partial HostedConfig Training { get; }

    [Config]
    public partial IReadOnlyDictionary<string, object?>? Extra { get; }

    public partial string Text { get; set; }

    [Step]
    private Transition Start()
    {
        Text =
            $"{Training.Model} {Training.Rate.ToString(System.Globalization.CultureInfo.InvariantCulture)} "
                + $"{string.Join('+', Training.Sizes)} {Training.Flags["fast"]} {Extra?["depth"]}"
                + $" in {Current.Namespace} with {Environment.GetEnvironmentVariable("METAFLOW_EXTRA_WORD")}";
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}
