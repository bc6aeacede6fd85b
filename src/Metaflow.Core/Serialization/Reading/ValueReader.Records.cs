using System.Reflection;
using Metaflow.Naming;

namespace Metaflow.Serialization;

/// <content>Records, classes and structures.</content>
internal sealed partial class ValueReader
{
    /// <summary>Shorter names are near to each other by chance, such as x and y.</summary>
    private const int ShortestToMistake = 4;

    private object? Record(object value, TypeShape shape, Conversion conversion)
    {
        var plan = shape.Construction;
        if (FieldsOf(value, plan) is not { } fields)
        {
            return null;
        }

        if (plan.WhyNot is { } whyNot)
        {
            throw SerializationErrors.CannotBeConstructed(_path, shape.Type, whyNot);
        }

        object?[] arguments = [.. plan.Parameters.Select(parameter => Argument(parameter, fields, shape))];
        var instance = Invoke(plan, shape.Type, arguments);
        conversion.Result = instance;
        foreach (var (parameter, field) in plan.Kept)
        {
            field.SetValue(instance, arguments[parameter]);
        }

        foreach (var member in plan.Settable)
        {
            if (fields.TryGet(member.Key, member.Name, member.FormerNames, out var stored))
            {
                _path.EnterMember(member.Name);
                Set(member, instance, Convert(stored, member.Type));
                _path.Leave();
            }
            else if ((member.IsRequired && plan.RequiresMembers) || MistakenFor(member.Key, fields, shape) is not null)
            {
                throw Lacks(member.Key, fields, shape);
            }
        }

        return instance;
    }

    private static RecordFields? FieldsOf(object value, ConstructionPlan plan) => value switch
    {
        Dictionary<object, object?> fields => new RecordFields(fields),
        PythonObject { State: List<object?> { Count: > 0 } slots } when slots.Count == plan.Positional.Count =>
            RecordFields.OfPositions(plan.Positional, slots),
        PythonObject { State: not null } instance => RecordFields.OfState(instance.State),
        PythonObject { Arguments: { Count: > 0 } items, IsCall: false } when items.Count == plan.Positional.Count =>
            RecordFields.OfPositions(plan.Positional, items),
        PythonObject { Arguments.Count: 0, Items.Count: 0 } => new RecordFields([]),
        _ => null,
    };

    private object? Argument(ConstructionParameter parameter, RecordFields fields, TypeShape shape)
    {
        if (!fields.TryGet(parameter.Key, parameter.Name, parameter.FormerNames, out var stored))
        {
            return parameter.MayLack.Value && MistakenFor(parameter.Key, fields, shape) is null
                ? parameter.Default
                : throw Lacks(parameter.Key, fields, shape);
        }

        _path.EnterMember(parameter.MemberName);
        var argument = Convert(stored, parameter.Type);
        _path.Leave();
        return argument;
    }

    /// <summary>Returns an entry that no member takes and that is probably meant for a member without an entry: its name is nearly the
    /// same.</summary>
    private static string? MistakenFor(string key, RecordFields fields, TypeShape shape)
        => key.Length < ShortestToMistake ? null : ClosestName.Find(key, Untaken(fields, shape));

    private static IEnumerable<string> Untaken(RecordFields fields, TypeShape shape)
        => fields.Keys.Where(stored => !shape.Members.Any(member =>
            member.Key == stored || string.Equals(member.Name, stored, StringComparison.OrdinalIgnoreCase)
                || member.FormerNames.Contains(stored)));

    private Errors.StorageException Lacks(string key, RecordFields fields, TypeShape shape)
        => SerializationErrors.LacksMember(_path, shape.Type, key, MistakenFor(key, fields, shape), [.. fields.Keys]);

    private object Invoke(ConstructionPlan plan, Type type, object?[] arguments)
    {
        try
        {
            return plan.Constructor is null ? Activator.CreateInstance(type)! : plan.Constructor.Invoke(arguments);
        }
        catch (TargetInvocationException error) when (error.InnerException is { } cause)
        {
            throw SerializationErrors.MemberThrew(_path, type, cause);
        }
    }

    private void Set(MemberShape member, object instance, object? value)
    {
        try
        {
            member.Set(instance, value);
        }
        catch (TargetInvocationException error) when (error.InnerException is { } cause)
        {
            throw SerializationErrors.MemberThrew(_path, instance.GetType(), cause);
        }
    }
}
