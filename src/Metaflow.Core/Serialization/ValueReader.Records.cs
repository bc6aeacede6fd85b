using System.Reflection;

namespace Metaflow.Serialization;

/// <content>Records, classes and structures.</content>
internal sealed partial class ValueReader
{
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

        object instance;
        if (plan.Parameters.Count == 0)
        {
            instance = Invoke(plan, shape.Type, []);
            conversion.Result = instance;
        }
        else
        {
            var arguments = plan.Parameters.Select(parameter => Argument(parameter, fields)).ToArray();
            instance = Invoke(plan, shape.Type, arguments);
            conversion.Result = instance;
        }

        foreach (var member in plan.Settable)
        {
            if (fields.TryGet(member.Key, member.Name, out var stored))
            {
                _path.EnterMember(member.Name);
                Set(member, instance, Convert(stored, member.Type));
                _path.Leave();
            }
        }

        return instance;
    }

    private static RecordFields? FieldsOf(object value, ConstructionPlan plan) => value switch
    {
        Dictionary<object, object?> fields => new RecordFields(fields),
        PythonObject { State: not null } instance => RecordFields.OfState(instance.State),
        PythonObject { Arguments: { Count: > 0 } items, IsCall: false } when items.Count == plan.Positional.Count => RecordFields.OfPositions(plan.Positional, items),
        PythonObject { Arguments.Count: 0, Items.Count: 0 } => new RecordFields([]),
        _ => null,
    };

    private object? Argument(ConstructionParameter parameter, RecordFields fields)
    {
        if (!fields.TryGet(parameter.Key, parameter.Name, out var stored))
        {
            return parameter.Default;
        }

        _path.EnterMember(parameter.MemberName);
        var argument = Convert(stored, parameter.Type);
        _path.Leave();
        return argument;
    }

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
