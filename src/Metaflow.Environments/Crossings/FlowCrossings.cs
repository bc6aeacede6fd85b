using Metaflow.Definition;
using Metaflow.Environments.Checks;
using Metaflow.Graph;

namespace Metaflow.Environments.Crossings;

/// <summary>Finds the artifacts that steps with different versions of a package write and cannot read.</summary>
/// <remarks>The metadata of the files is read; nothing is loaded.</remarks>
internal sealed class FlowCrossings
{
    private readonly FlowDefinition _definition;
    private readonly FlowCode _code;
    private readonly IReadOnlyList<OwnType> _flow;
    private readonly Func<string, StepAssemblies?> _assembliesOf;
    private readonly ArtifactWriters _writers;
    private readonly Dictionary<string, HashSet<string>> _readOfInputs = new(StringComparer.Ordinal);

    /// <summary>Prepares the search.</summary>
    /// <param name="definition">The flow's definition.</param>
    /// <param name="code">The author's code.</param>
    /// <param name="flow">The full name of the flow's class.</param>
    /// <param name="assembliesOf">Returns the assemblies of a step: one object for all steps with the same ones; <see langword="null"/> if
    /// they are not known.</param>
    public FlowCrossings(FlowDefinition definition, FlowCode code, string flow, Func<string, StepAssemblies?> assembliesOf)
    {
        _definition = definition;
        _code = code;
        _flow = code.FlowNamed(flow);
        _assembliesOf = assembliesOf;
        _writers = new ArtifactWriters(definition.Graph, ReadsInputs);
    }

    /// <summary>Searches.</summary>
    /// <returns>For each step and artifact at most one problem, a certain one if there is one. None if a file is damaged: the runtime
    /// refuses it anyway.</returns>
    public IReadOnlyList<FlowCrossing> Find()
    {
        try
        {
            return _flow.Count == 0 ? [] :
            [
                .. _definition.Graph.Steps.SelectMany(step => OfArtifacts(step).Concat(OfItem(step)))
                    .GroupBy(static found => (found.Reader, found.Artifact))
                    .Select(static group => group.MaxBy(static found => found.Problem.IsCertain)!),
            ];
        }
        catch (Exception error) when (AssemblyFile.SaysDamaged(error))
        {
            return [];
        }
    }

    private IEnumerable<FlowCrossing> OfArtifacts(StepNode step)
    {
        if (_assembliesOf(step.Name) is not { } own)
        {
            yield break;
        }

        foreach (var artifact in _definition.Artifacts)
        {
            if (PropertyIn(own, artifact.MemberName) is not { } property)
            {
                continue;
            }

            // The flow object has a place for each artifact, so that the type is needed even by steps that do not use it.
            if (MissingIn(property.Type) is { LackedBy: { } assembly } missing)
            {
                var reason = $"{own.Describe(assembly)} has no type '{missing.Shown}'.";
                yield return new FlowCrossing(step.Name, null, artifact.Name, new CrossingProblem("", reason, IsCertain: true));
                continue;
            }

            var (mayRead, isCertain) = _writers.Reads(step, artifact.Name);
            foreach (var (writer, arrives) in mayRead ? _writers.Before(step, artifact.Name) : new Dictionary<string, bool>())
            {
                if (_assembliesOf(writer) is { } other && other != own && PropertyIn(other, artifact.MemberName) is { } written)
                {
                    var mayBeNull = !written.IsNeverNull && !written.Type.IsValueType;
                    foreach (var problem in new ValueCrossing(other, own).Compare(written.Type, property.Type, mayBeNull))
                    {
                        yield return new FlowCrossing(
                            step.Name, writer, artifact.Name, problem with { IsCertain = problem.IsCertain && isCertain && arrives });
                    }
                }
            }
        }
    }

    /// <summary>Compares the item that a task of a foreach takes with the one that the foreach stored.</summary>
    private IEnumerable<FlowCrossing> OfItem(StepNode step)
    {
        if (step.ItemType is null || _assembliesOf(step.Name) is not { } own || ItemIn(own, step) is not { } read)
        {
            yield break;
        }

        foreach (var split in _definition.Graph.ParentsOf(step))
        {
            var artifact = split.Transitions.FirstOrDefault(transition => transition.Targets.Contains(step.Name))?.ForeachArtifact;
            if (artifact is null)
            {
                continue;
            }

            var isOwn = artifact == TransitionNode.ForeachItemsArtifact || split.Writes.Contains(artifact);
            var writers = isOwn ? new Dictionary<string, bool> { [split.Name] = true } : _writers.Before(split, artifact);
            foreach (var (writer, arrives) in writers)
            {
                if (_assembliesOf(writer) is { } other && other != own && ItemIn(other, step) is { } written)
                {
                    // The split step, which reads the items, may have changed them.
                    foreach (var problem in new ValueCrossing(other, own).Compare(written.Type, read.Type, written.MayBeNull))
                    {
                        yield return new FlowCrossing(
                            step.Name, writer, artifact, problem with { IsCertain = problem.IsCertain && isOwn && arrives });
                    }
                }
            }
        }
    }

    private RecordMember? PropertyIn(StepAssemblies step, string name)
        => FlowIn(step) is { } type ? RecordMembers.Property(type, name, step.Set) : null;

    private (StoredType Type, bool MayBeNull)? ItemIn(StepAssemblies step, StepNode node)
    {
        foreach (var level in FlowIn(step) is { } flow ? TypeLevels.Of(flow, step.Set) : [])
        {
            if (level is { Reader: { } reader, Type.Found: { Assembly: { } assembly } found })
            {
                var handle = assembly.Reader.GetTypeDefinition(found.Handle).GetMethods().FirstOrDefault(
                    handle => new OwnMethod(assembly, handle) is var method && method.Name == node.MethodName && OwnCode.IsStep(method));
                if (!handle.IsNil)
                {
                    var method = assembly.Reader.GetMethodDefinition(handle);
                    var type = method.DecodeSignature(reader, level.Type.Arguments).ParameterTypes.FirstOrDefault();
                    var isNeverNull = method.GetParameters().Select(assembly.Reader.GetParameter)
                        .Where(static parameter => parameter.SequenceNumber == 1)
                        .Any(item => Markers.IsNeverNull(assembly.Reader, item.GetCustomAttributes(), handle, found.Handle));
                    return type is null ? null : (type, !type.IsValueType && !isNeverNull);
                }
            }
        }

        return null;
    }

    // The flow's own assembly is the same in all environments.
    private StoredType? FlowIn(StepAssemblies step)
        => step.Set.Find(_flow[0].Assembly.Name) is { } assembly && assembly.Path == _flow[0].Assembly.Path
            ? new StoredTypeReader(step.Set, assembly).Of(_flow[0].Handle, null)
            : null;

    private static StoredType? MissingIn(StoredType type)
        => type.LackedBy is not null ? type
            : type.Arguments.Append(type.Element).OfType<StoredType>().Select(MissingIn).FirstOrDefault(static part => part is not null);

    /// <summary>Says whether a join can come to the getter of an artifact: that is how it reads its inputs.</summary>
    private bool ReadsInputs(StepNode step, string artifact)
    {
        if (!_readOfInputs.TryGetValue(step.Name, out var getters))
        {
            getters = [.. _code.ReachedFrom(_flow, step.MethodName).Where(method => _flow.Contains(method.Type))
                .Select(static method => method.Name)];
            _readOfInputs.Add(step.Name, getters);
        }

        return _definition.Artifacts.Any(each => each.Name == artifact && getters.Contains("get_" + each.MemberName));
    }
}
