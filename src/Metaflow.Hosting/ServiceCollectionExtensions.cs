using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Metaflow.Hosting;

/// <summary>Adds flows to a host.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IFlowRunner"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the defaults for all runs.</param>
    /// <returns>The same services.</returns>
    /// <remarks>Settings come from the configuration, events go to the log, to the activity source and to the meter named
    /// <see cref="MetaflowTelemetry.Name"/>.</remarks>
    public static IServiceCollection AddMetaflow(this IServiceCollection services, Action<MetaflowHostOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<MetaflowHostOptions>();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton<IFlowRunner, HostedFlowRunner>();
        return services;
    }
}
