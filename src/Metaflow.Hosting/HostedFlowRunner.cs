using Metaflow.Configs;
using Metaflow.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Metaflow.Hosting;

/// <summary>Runs flows with what the host has.</summary>
internal sealed class HostedFlowRunner(
    IServiceScopeFactory scopes, ILoggerFactory loggers, IOptions<MetaflowHostOptions> options, IServiceProvider services) : IFlowRunner
{
    /// <inheritdoc/>
    public Task<FlowRun<TFlow>> RunAsync<TFlow>(object? parameters, CancellationToken cancellationToken)
        where TFlow : FlowSpec, new()
        => parameters is FlowRunOptions
            ? throw new ArgumentException(
                "Parameters are expected, not options. To change the host's options for a run, write RunAsync<TFlow>(defaults => "
                    + "defaults with { … }).",
                nameof(parameters))
            : RunAsync<TFlow>(defaults => defaults with { Parameters = parameters }, cancellationToken);

    /// <inheritdoc/>
    public async Task<FlowRun<TFlow>> RunAsync<TFlow>(Func<FlowRunOptions, FlowRunOptions> configure, CancellationToken cancellationToken)
        where TFlow : FlowSpec, new()
    {
        ArgumentNullException.ThrowIfNull(configure);
        var host = options.Value;
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var chosen = configure(Defaults(host) with { Services = host.Defaults.Services ?? scope.ServiceProvider });
            var flow = new TFlow().FlowName;
            using var telemetry = new RunTelemetry(flow);
            var observer = new RunLog(loggers.CreateLogger("Metaflow." + flow), host.LogOutput, telemetry, chosen.Progress);
            using var ending = Ending(cancellationToken);
            var run = await FlowRunner.RunAsync<TFlow>(chosen with { Progress = observer }, ending.Token).ConfigureAwait(false);
            telemetry.End(run.Succeeded, run.WasCancelled);
            return run;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StepEnvironment>> ResolveEnvironmentsAsync<TFlow>(
        StepEnvironmentOptions? environments, CancellationToken cancellationToken)
        where TFlow : FlowSpec, new()
    {
        using var ending = Ending(cancellationToken);
        return await FlowRunner.ResolveEnvironmentsAsync<TFlow>(environments, WithLog<TFlow>(), ending.Token).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StepEnvironment>> FindEnvironmentsAsync<TFlow>(
        StepEnvironmentOptions? environments, CancellationToken cancellationToken)
        where TFlow : FlowSpec, new()
    {
        using var ending = Ending(cancellationToken);
        return await FlowRunner.FindEnvironmentsAsync<TFlow>(environments, WithLog<TFlow>(), ending.Token).ConfigureAwait(false);
    }

    private FlowRunOptions WithLog<TFlow>()
        where TFlow : FlowSpec, new()
    {
        var host = options.Value;
        var log = loggers.CreateLogger("Metaflow." + new TFlow().FlowName);
        var defaults = Defaults(host);
        return defaults with { Progress = new RunLog(log, host.LogOutput, telemetry: null, defaults.Progress) };
    }

    private FlowRunOptions Defaults(MetaflowHostOptions host)
        => host.Defaults with { Settings = Settings(host), Configs = Configs(host) };

    private CancellationTokenSource Ending(CancellationToken cancellationToken) => CancellationTokenSource.CreateLinkedTokenSource(
        cancellationToken, services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None);

    private ConfigRequest Configs(MetaflowHostOptions host)
        => host.Defaults.Configs.Source is null && Section(host) is { } section
            ? host.Defaults.Configs with { Source = new ConfiguredConfigs(section.GetSection(ConfiguredConfigs.Key)) }
            : host.Defaults.Configs;

    private IConfigurationSection? Section(MetaflowHostOptions host)
        => services.GetService<IConfiguration>()?.GetSection(host.ConfigurationSection);

    private Dictionary<string, string> Settings(MetaflowHostOptions host)
    {
        var settings = ConfiguredSettings.Read(Section(host));
        foreach (var (name, value) in host.Defaults.Settings)
        {
            settings[name] = value;
        }

        return settings;
    }
}
