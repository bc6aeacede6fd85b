using Metaflow.Configs;
using Metaflow.Decorators;
using Metaflow.Plugins;
using Metaflow.Secrets;
using Metaflow.Serialization;
using Metaflow.Settings;

[assembly: MetaflowPlugin(typeof(Metaflow.Testing.Tests.Plugins.TestPlugin))]

namespace Metaflow.Testing.Tests.Plugins;

/// <summary>A plug-in with a part of each kind, as a package has it: nothing here but the attribute above adds it.</summary>
public sealed class TestPlugin : IMetaflowPlugin
{
    public static void Register(PluginRegistry registry)
    {
        registry.AddDecorator("gauge", static () => new GaugeOfPackageAttribute(""));
        registry.AddFlowDecorator("fleet", static () => new FleetAttribute());
        registry.Add<ISecretsProvider>("locker", static () => new Locker());
        registry.Add<IConfigParser>("lines", new LinesParser());
        registry.Add<IArtifactEncoding>("drawing", new DrawingEncoding());
        registry.AddSetting(new SettingDescription("METAFLOW_GAUGE_LIMIT", SettingKind.Number, "It is the most that gauges show.")
        {
            Default = "100",
            IsForTasks = true,
        });
        registry.AddSetting(new SettingDescription("METAFLOW_GAUGE_COLOUR", SettingKind.Text, "It is the colour of gauges."));
    }
}

/// <summary>A decorator that is found by its registration alone: without it nobody could make one.</summary>
public sealed class GaugeOfPackageAttribute(string unit) : DecoratorAttribute, IBeforeStepHook
{
    public override string DecoratorName => "gauge";

    public int Level { get; set; } = 1;

    public ValueTask BeforeStepAsync(StepHookContext context)
    {
        var settings = SettingReader.OfProcess();
        var limit = settings.Number("METAFLOW_GAUGE_LIMIT", otherwise: 100);
        context.SetEnvironmentVariable("GAUGE", $"{Math.Min(Level, limit)}{unit}{settings.Text("METAFLOW_GAUGE_COLOUR")}");
        return default;
    }
}

public sealed class FleetAttribute : FlowDecoratorAttribute;

/// <summary>A decorator of the author's own, which the generator registers.</summary>
public sealed class OwnGaugeAttribute : DecoratorAttribute, IBeforeStepHook
{
    public required int Level { get; set; }

    public ValueTask BeforeStepAsync(StepHookContext context)
    {
        context.SetEnvironmentVariable("GAUGE", $"own {Level}");
        return default;
    }
}

/// <summary>A back end of a package.</summary>
internal sealed class Locker : ISecretsProvider
{
    public string Name => "locker";

    public ValueTask<IReadOnlyDictionary<string, string>> GetSecretsAsync(SecretRequest request, CancellationToken cancellationToken)
        => new(new Dictionary<string, string> { ["LOCKED"] = "of the package: " + request.Id });
}

/// <summary>A back end of the author's own.</summary>
internal sealed class Drawer : ISecretsProvider
{
    public string Name => "drawer";

    public ValueTask<IReadOnlyDictionary<string, string>> GetSecretsAsync(SecretRequest request, CancellationToken cancellationToken)
        => new(new Dictionary<string, string> { ["LOCKED"] = "of the author: " + request.Id });
}

/// <summary>Lines of <c>name: number</c>.</summary>
internal sealed class LinesParser : IConfigParser
{
    public bool Reads(string extension) => extension == ".lines";

    public object? Parse(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(": "))
        .ToDictionary(
            static pair => pair[0], static pair => (object?)long.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture));
}
