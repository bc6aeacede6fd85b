namespace Metaflow.Hosting;

/// <summary>The defaults for all runs of flows in a host.</summary>
public sealed class MetaflowHostOptions
{
    /// <summary>Gets or sets the section of the host's configuration that settings are read from. The default is
    /// <c>Metaflow</c>.</summary>
    /// <remarks>A key is a setting's name without <c>METAFLOW_</c>: <c>Metaflow:User</c> is <c>METAFLOW_USER</c>,
    /// <c>Metaflow:DatastoreSysrootLocal</c> is <c>METAFLOW_DATASTORE_SYSROOT_LOCAL</c>, and <c>Metaflow:Run:MaxGenres</c> is the value
    /// of the parameter <c>max_genres</c> if a run gives none. The section <c>Metaflow:Configs:Training</c> is the configuration
    /// <c>training</c> of flows that have one, unless a run gives it.</remarks>
    public string ConfigurationSection { get; set; } = "Metaflow";

    /// <summary>Gets or sets the defaults of runs: tags, the maximum number of workers, the datastore.</summary>
    public FlowRunOptions Defaults { get; set; } = new();

    /// <summary>Gets or sets a value indicating whether lines that tasks print are logged, at the level of information. The default is
    /// <see langword="true"/>.</summary>
    public bool LogOutput { get; set; } = true;

    /// <summary>Sets the class that creates the services of flows in the processes of their tasks. The host can share its registrations
    /// with this class.</summary>
    /// <typeparam name="TServices">The class.</typeparam>
    /// <returns>These options.</returns>
    public MetaflowHostOptions UseServices<TServices>()
        where TServices : IFlowServices, new()
    {
        Defaults = Defaults with { ServicesType = typeof(TServices) };
        return this;
    }
}
