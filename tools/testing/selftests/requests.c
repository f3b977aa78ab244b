// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - random requests of the generic netlink family
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guest.h"
#include "nl.h"
#include "ops.h"
#include "requests.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define HEADERS (NLMSG_HDRLEN + GENL_HDRLEN)
#define REQUEST_MAX 1024
#define WILD 16 /* one thing in so many is wrong */
#define SECRET "secret" /* the beginning of a name that only root may see */

/* The grammar */

enum meaning { END, ID, FLAG, TEXT, UID, OFFSET, COUNT, AGE, AROUND, TRUTH };

struct rule {
	uint16_t type;
	uint8_t meaning;
};

/**
 * struct form - One form of an operation.
 * @exists: There is this form.
 * @nr_required: So many of the attributes must be there, from the first.
 * @rules: What it takes.
 */
struct form {
	bool exists;
	unsigned int nr_required;
	struct rule rules[8];
};

/**
 * struct operation - An operation.
 * @command: Its number.
 * @changes: Needs privileges.
 * @single: It is asked once, and answers once.
 * @dump: It is asked for all.
 */
struct operation {
	uint8_t command;
	bool changes;
	struct form single;
	struct form dump;
};

static const struct operation operations[] = {
	{ .command = ZVMO_CMD_VMO_GET,
	  .single = { true,
		      1,
		      { { ZVMO_A_VMO_ID, ID }, { ZVMO_A_VMO_DETAILS, FLAG } } },
	  .dump = { true,
		    0,
		    { { ZVMO_A_VMO_PARENT, ID },
		      { ZVMO_A_VMO_FAMILY, ID },
		      { ZVMO_A_VMO_OWNER_UID, UID },
		      { ZVMO_A_VMO_DETAILS, FLAG },
		      { ZVMO_A_VMO_NAME_PREFIX, TEXT } } } },
	{ .command = ZVMO_CMD_VMO_SET,
	  .changes = true,
	  .single = { true,
		      2,
		      { { ZVMO_A_VMO_ID, ID }, { ZVMO_A_VMO_NAME, TEXT } } } },
	{ .command = ZVMO_CMD_VMO_DISCARD,
	  .changes = true,
	  .single = { true, 1, { { ZVMO_A_VMO_ID, ID } } } },
	{ .command = ZVMO_CMD_PAGE_MAP_GET,
	  .dump = { true,
		    1,
		    { { ZVMO_A_PAGE_MAP_ID, ID },
		      { ZVMO_A_PAGE_MAP_OFFSET, OFFSET },
		      { ZVMO_A_PAGE_MAP_LENGTH, OFFSET } } } },
	{ .command = ZVMO_CMD_MAPPING_GET,
	  .dump = { true, 1, { { ZVMO_A_MAPPING_ID, ID } } } },
	{ .command = ZVMO_CMD_STATS_GET, .single = { true, 0, {} } },
	{ .command = ZVMO_CMD_CONFIG_GET, .single = { true, 0, {} } },
	{ .command = ZVMO_CMD_CONFIG_SET,
	  .changes = true,
	  .single = { true,
		      0,
		      { { ZVMO_A_CONFIG_DISCARD_AGE, AGE },
			{ ZVMO_A_CONFIG_FAULT_AROUND, AROUND },
			{ ZVMO_A_CONFIG_AMBIENT_MARK_VMO_EXEC, TRUTH },
			{ ZVMO_A_CONFIG_CACHE_INVALIDATE, TRUTH },
			{ ZVMO_A_CONFIG_KEPT_MAX, AGE } } } },
	{ .command = ZVMO_CMD_RECLAIM,
	  .changes = true,
	  .single = { true, 1, { { ZVMO_A_RECLAIM_PAGES, COUNT } } } },
};

static size_t size_of(enum meaning meaning)
{
	switch (meaning) {
	case FLAG:
		return 0;
	case UID:
	case AGE:
	case AROUND:
		return 4;
	case TRUTH:
		return 1;
	default:
		return 8;
	}
}

static bool is_in_range(enum meaning meaning, uint16_t type, uint64_t value)
{
	switch (meaning) {
	case ID:
		/* As a filter, 0 is for none. */
		return value || type != ZVMO_A_VMO_ID;
	case COUNT:
		return value;
	case AROUND:
		return value && value <= ZVMO_FAULT_AROUND_MAX;
	case TRUTH:
		return value <= 1;
	default:
		return true;
	}
}

/* Choosing */

static uint64_t below(struct requests *requests, uint64_t limit)
{
	return test_random_below(&requests->random, limit);
}

static bool is_wild(struct requests *requests)
{
	return !below(requests, WILD);
}

#define doing(requests, ...)                    \
	do {                                    \
		test_context(__VA_ARGS__);      \
		if ((requests)->trace)          \
			test_note(__VA_ARGS__); \
	} while (0)

static const char *who(bool is_root)
{
	return is_root ? "root" : "user";
}

static struct requests_vmo *some_vmo(struct requests *requests)
{
	return &requests->vmos[below(requests, REQUESTS_VMOS)];
}

static uint64_t some_id(struct requests *requests)
{
	uint64_t koid = some_vmo(requests)->koid;

	switch (below(requests, 8)) {
	case 0:
		return below(requests, 3) - 1;
	case 1:
		return koid + below(requests, 50);
	default:
		return koid;
	}
}

static uint64_t some_value(struct requests *requests, enum meaning meaning)
{
	switch (meaning) {
	case ID:
		return some_id(requests);
	case UID:
		return below(requests, 2) ? REQUESTS_USER :
					    below(requests, 3) - 1;
	case OFFSET:
		return below(requests, 4) ? below(requests, 8) * PAGE :
					    test_random(&requests->random);
	case AROUND:
		return is_wild(requests) ? below(requests, 40) :
					   1 + below(requests, 16);
	case TRUTH:
		return is_wild(requests) ? below(requests, 256) :
					   below(requests, 2);
	case AGE:
		return test_random(&requests->random) >>
		       (32 + below(requests, 32));
	default:
		return below(requests, 100);
	}
}

/* Never a secret name, since it may be given to somebody else's VMO. */
static size_t some_text(struct requests *requests, char *text)
{
	static const char *const texts[] = {
		"", "p", "public", "x", "0123456789012345678901234567890"
	};

	return strlen(strcpy(text, texts[below(requests, LENGTH(texts))])) + 1;
}

/* Users */

/* The one or the other; the way back stays open. */
static void become(struct requests *requests, bool is_root)
{
	uid_t uid = is_root ? 0 : REQUESTS_USER;

	if (requests->is_root == is_root || !requests->can_become_root)
		return;
	ASSERT_EQ(setresuid(uid, uid, 0), 0);
	requests->is_root = is_root;
}

static void become_somebody(struct requests *requests)
{
	become(requests, below(requests, 2));
}

/* VMOs */

static void set_name(struct requests_vmo *vmo, const char *name)
{
	struct zvmo_name args = { .argsz = sizeof(args) };

	snprintf(vmo->name, sizeof(vmo->name), "%s", name);
	memcpy(args.name, vmo->name, sizeof(vmo->name));
	ASSERT_EQ(ioc(vmo->fd, ZVMO_IOC_SET_NAME, &args), 0);
}

static void vmo_begin(struct requests *requests, struct requests_vmo *vmo,
		      int fd)
{
	vmo->fd = fd;
	vmo->koid = test_info(fd).koid;
	vmo->is_root = requests->is_root;
	set_name(vmo, vmo->is_root ? SECRET : "public");
}

static void vmo_end(struct requests_vmo *vmo)
{
	test_close(vmo->fd);
	vmo->fd = -1;
}

static void do_create(struct requests *requests, struct requests_vmo *vmo)
{
	uint64_t size = below(requests, 8) * PAGE;

	if (vmo->fd >= 0)
		return;
	become_somebody(requests);
	vmo->is_discardable = !below(requests, 3);
	doing(requests, "v%td = create(%#llx) by %s", vmo - requests->vmos,
	      (unsigned long long)size, who(requests->is_root));
	vmo_begin(requests, vmo,
		  test_create(size, vmo->is_discardable ? ZVMO_DISCARDABLE :
							  ZVMO_RESIZABLE));
}

static void do_snapshot(struct requests *requests, struct requests_vmo *parent)
{
	struct requests_vmo *vmo = some_vmo(requests);

	if (vmo->fd >= 0 || parent->fd < 0 || parent->is_discardable)
		return;
	become(requests, parent->is_root);
	if (requests->is_root != parent->is_root)
		return;
	doing(requests, "v%td = snapshot(v%td) by %s", vmo - requests->vmos,
	      parent - requests->vmos, who(requests->is_root));
	vmo->is_discardable = false;
	vmo_begin(requests, vmo, test_snapshot(parent->fd));
}

static void do_use(struct requests *requests, struct requests_vmo *vmo)
{
	struct zvmo_lock_state state;
	uint8_t byte = 'x';

	if (vmo->fd < 0)
		return;
	doing(requests, "use(v%td)", vmo - requests->vmos);
	if (vmo->is_discardable && !ioc_lock(vmo->fd, &state)) {
		ioc_write(vmo->fd, 0, &byte, 1);
		ioc_unlock(vmo->fd);
	} else {
		ioc_write(vmo->fd, below(requests, 8) * PAGE, &byte, 1);
	}
}

static void do_close(struct requests *requests, struct requests_vmo *vmo)
{
	if (vmo->fd < 0)
		return;
	doing(requests, "close(v%td)", vmo - requests->vmos);
	vmo_end(vmo);
}

/* Settings */

static const char *const setting_names[REQUESTS_SETTINGS] = {
	"discard_age", "fault_around", "ambient_mark_vmo_exec",
	"cache_invalidate", "kept_max"
};

static void read_settings(uint32_t *settings)
{
	char path[128], text[32];
	unsigned int i;
	FILE *file;

	for (i = 0; i < REQUESTS_SETTINGS; i++) {
		snprintf(path, sizeof(path), "/sys/module/zvmo/parameters/%s",
			 setting_names[i]);
		file = fopen(path, "re");
		ASSERT(file != NULL && fgets(text, sizeof(text), file));
		fclose(file);
		settings[i] = *text == 'Y' ? 1 :
			      *text == 'N' ? 0 :
					     strtoul(text, NULL, 10);
	}
}

/* Out of range is nothing ever; and if only we change them, they are known. */
static void check_settings(struct requests *requests, bool is_known)
{
	uint32_t settings[REQUESTS_SETTINGS];
	unsigned int i;

	read_settings(settings);
	EXPECT_GE(settings[1], 1);
	EXPECT_LE(settings[1], ZVMO_FAULT_AROUND_MAX);
	for (i = 0; is_known && requests->is_alone && i < LENGTH(settings); i++)
		EXPECT_EQ(settings[i], requests->settings[i]);
	memcpy(requests->settings, settings, sizeof(settings));
}

static void check_names(struct requests *requests, bool is_known)
{
	struct requests_vmo *vmo;
	struct zvmo_info info;

	for (vmo = requests->vmos; vmo < requests->vmos + REQUESTS_VMOS;
	     vmo++) {
		if (vmo->fd < 0)
			continue;
		info = test_info(vmo->fd);
		if (is_known && requests->is_alone)
			EXPECT_STREQ(info.name, vmo->name);
		memcpy(vmo->name, info.name, sizeof(vmo->name));
	}
}

/**
 * requests_reset_settings() - As they are when the module is loaded.
 */
void requests_reset_settings(void)
{
	static const char *const values[REQUESTS_SETTINGS] = { "0", "16", "0",
							       "0", "256" };
	unsigned int i;

	for (i = 0; i < REQUESTS_SETTINGS; i++)
		guest_set_parameter(setting_names[i], values[i]);
}

/* Requests */

/**
 * struct request - A request, and what is known of it.
 * @bytes: The message.
 * @operation: Its operation; NULL: there is none of this number.
 * @is_dump: Which form.
 * @is_bad: It must fail.
 * @may_see_all: It is privileged.
 * @sees: Users whose VMOs may be in an answer: root's, the other's.
 * @socket: Where it goes.
 * @has_address: The address of the kernel is given.
 * @id: The VMO that it names last.
 * @settings: The settings that it gives last.
 * @given: A bit for each that it gives.
 * @name: The name that it gives last.
 */
struct request {
	_Alignas(8) char bytes[REQUEST_MAX];
	const struct operation *operation;
	bool is_dump;
	bool is_bad;
	bool may_see_all;
	bool sees[2];
	struct requests_socket *socket;
	bool has_address;
	uint64_t id;
	uint32_t settings[REQUESTS_SETTINGS];
	unsigned int given;
	char name[ZVMO_NAME_LEN];
};

static uint16_t family_number;
static uint32_t group_number;

static struct nlmsghdr *header_of(struct request *request)
{
	return (struct nlmsghdr *)request->bytes;
}

static void append(struct request *request, uint16_t type, const void *data,
		   size_t size)
{
	struct nlmsghdr *header = header_of(request);
	char *end = request->bytes + NLMSG_ALIGN(header->nlmsg_len);
	struct nlattr attribute = { NLA_HDRLEN + size, type };

	memset(end, 0, NLA_HDRLEN + NLA_ALIGN(size));
	memcpy(end, &attribute, sizeof(attribute));
	memcpy(end + NLA_HDRLEN, data, size);
	header->nlmsg_len = end - request->bytes + NLA_HDRLEN + NLA_ALIGN(size);
}

/* What the attribute does if the whole is good. */
static void note_meaning(struct request *request, const struct rule *rule,
			 const char *data, uint64_t value)
{
	if (rule->meaning == ID && rule->type == ZVMO_A_VMO_ID)
		request->id = value;
	if (rule->meaning == TEXT)
		snprintf(request->name, sizeof(request->name), "%s", data);
	if (request->operation->command == ZVMO_CMD_CONFIG_SET) {
		request->given |= 1U << rule->type;
		request->settings[rule->type - 1] = value;
	}
}

static void put(struct requests *requests, struct request *request,
		const struct rule *rule)
{
	size_t size = size_of(rule->meaning), other;
	uint64_t value = some_value(requests, rule->meaning);
	uint16_t type = rule->type;
	char data[128] = {};

	memcpy(data, &value, sizeof(value));
	value = 0;
	memcpy(&value, data, size);
	if (rule->meaning == TEXT) {
		memset(data, 0, sizeof(data));
		size = some_text(requests, data);
	}
	if (is_wild(requests)) {
		other = below(requests, 64);
		if (rule->meaning == TEXT && other < size)
			other = 64;
		if (rule->meaning == TEXT)
			memset(data, 'y', sizeof(data));
		request->is_bad |= other != size || rule->meaning == TEXT;
		size = other;
	}
	if (is_wild(requests)) {
		type |= NLA_F_NESTED;
		request->is_bad = true;
	}
	if (!is_in_range(rule->meaning, type, value))
		request->is_bad = true;
	append(request, type, data, size);
	if (!request->is_bad)
		note_meaning(request, rule, data, value);
}

static bool takes(const struct form *form, uint16_t type)
{
	const struct rule *rule;

	for (rule = form->rules; rule->meaning != END; rule++)
		if (rule->type == type)
			return true;
	return false;
}

/* An attribute of another operation, or of none. */
static void put_stranger(struct requests *requests, struct request *request,
			 const struct form *form)
{
	uint16_t type = below(requests, 8) ? below(requests, 40) :
					     test_random(&requests->random);
	uint64_t value = some_id(requests);

	if (takes(form, type & NLA_TYPE_MASK))
		return;
	append(request, type, &value, sizeof(value));
	request->is_bad = true;
}

static void put_attributes(struct requests *requests, struct request *request,
			   const struct form *form)
{
	const struct rule *rule;
	unsigned int i;

	for (rule = form->rules, i = 0; rule->meaning != END; rule++, i++) {
		if (i < form->nr_required ? is_wild(requests) :
					    below(requests, 4)) {
			request->is_bad |= i < form->nr_required;
			continue;
		}
		put(requests, request, rule);
		if (is_wild(requests))
			put(requests, request, rule);
	}
	if (is_wild(requests))
		put_stranger(requests, request, form);
}

/* What is around the attributes. */
static void spoil_header(struct requests *requests, struct request *request)
{
	struct nlmsghdr *header = header_of(request);
	struct genlmsghdr *generic = NLMSG_DATA(header);

	switch (below(requests, 3)) {
	case 0:
		generic->reserved = 1 + below(requests, UINT16_MAX);
		break;
	case 1:
		header->nlmsg_flags |= NLM_F_ATOMIC << below(requests, 2);
		break;
	default:
		memset(request->bytes + header->nlmsg_len, 1, NLMSG_ALIGNTO);
		header->nlmsg_len += 1 + below(requests, 3);
	}
	request->is_bad = true;
}

static void compose(struct requests *requests, struct request *request)
{
	static const struct form none;
	struct nlmsghdr *header = header_of(request);
	struct genlmsghdr *generic = NLMSG_DATA(header);
	const struct operation *operation =
		&operations[below(requests, LENGTH(operations))];
	const struct form *form;

	memset(request, 0, sizeof(*request));
	request->socket = &requests->sockets[below(requests, REQUESTS_SOCKETS)];
	request->operation = operation;
	request->is_dump = operation->dump.exists &&
			   (!operation->single.exists || below(requests, 2));
	if (is_wild(requests))
		request->is_dump = !request->is_dump;
	form = request->is_dump ? &operation->dump : &operation->single;
	request->is_bad = !form->exists;
	header->nlmsg_len = HEADERS;
	header->nlmsg_type = family_number;
	header->nlmsg_seq = ++requests->sequence;
	header->nlmsg_flags = NLM_F_REQUEST |
			      (request->is_dump ? NLM_F_DUMP : NLM_F_ACK);
	generic->cmd = operation->command;
	generic->version = below(requests, 3);
	put_attributes(requests, request, form->exists ? form : &none);
	if (is_wild(requests))
		spoil_header(requests, request);
	if (is_wild(requests) && is_wild(requests)) {
		generic->cmd = ZVMO_CMD_RECLAIM + 1 + below(requests, 200);
		request->is_bad = true;
	}
}

/* Who sends it; and what he may see, and through this socket. */
static void prepare(struct requests *requests, struct request *request)
{
	bool opener = request->socket->is_root, sender;

	become_somebody(requests);
	sender = requests->is_root;
	request->has_address = below(requests, 2);
	request->may_see_all = sender && (opener || request->has_address);
	request->sees[0] = request->may_see_all || (sender && opener);
	request->sees[1] = request->may_see_all || !sender;
	if (request->operation->changes && !request->may_see_all)
		request->is_bad = true;
	doing(requests, "request %u%s, %u bytes, by %s through %s's socket%s%s",
	      request->operation->command, request->is_dump ? " (dump)" : "",
	      header_of(request)->nlmsg_len, who(sender), who(opener),
	      request->has_address ? ", addressed" : "",
	      request->is_bad ? ", bad" : "");
}

static bool send_bytes(struct requests *requests, struct request *request,
		       const char *bytes, size_t size)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	requests->nr++;
	return sendto(request->socket->fd, bytes, size, 0,
		      request->has_address ? (struct sockaddr *)&kernel : NULL,
		      request->has_address ? sizeof(kernel) : 0) >= 0;
}

/* Answers */

static struct requests_vmo *find_vmo(struct requests *requests, uint64_t koid)
{
	struct requests_vmo *vmo;

	for (vmo = requests->vmos; vmo < requests->vmos + REQUESTS_VMOS; vmo++)
		if (vmo->fd >= 0 && vmo->koid == koid)
			return vmo;
	return NULL;
}

static void check_vmo(struct requests *requests, const struct request *request,
		      struct nl_attributes in)
{
	uint64_t koid = nl_number(in, ZVMO_A_VMO_ID);
	uint64_t uid = nl_number(in, ZVMO_A_VMO_OWNER_UID);
	const struct requests_vmo *vmo = find_vmo(requests, koid);

	if (!request->sees[0] && !uid)
		FAIL("root's VMO %llu is shown", (unsigned long long)koid);
	if (!requests->is_alone)
		return;
	ASSERT(vmo != NULL);
	EXPECT(request->sees[!vmo->is_root]);
	EXPECT_EQ(uid, vmo->is_root ? 0 : REQUESTS_USER);
	EXPECT_STREQ(nl_text(in, ZVMO_A_VMO_NAME), vmo->name);
}

static bool is_documented(int result)
{
	static const int known[] = { EINVAL,	 ERANGE, EPERM, ENOENT, EBUSY,
				     EOPNOTSUPP, ENOMEM, EINTR, ENOBUFS };
	size_t i;

	for (i = 0; i < LENGTH(known); i++)
		if (known[i] == -result)
			return true;
	return !result;
}

/* One message. True if it is the end of the answer; @result is then what it is. */
static bool take(struct requests *requests, const struct request *request,
		 const struct nlmsghdr *header, int *result)
{
	const char *data = (const char *)header + HEADERS;
	struct nl_attributes in = { data, header->nlmsg_len - HEADERS };

	requests->nr_messages++;
	if (header->nlmsg_type == NLMSG_ERROR ||
	    header->nlmsg_type == NLMSG_DONE) {
		if (header->nlmsg_seq != requests->sequence)
			return false;
		memcpy(result, NLMSG_DATA(header), sizeof(*result));
		return true;
	}
	if (header->nlmsg_type != family_number)
		return false;
	ASSERT_GE(header->nlmsg_len, HEADERS);
	if (!request->sees[0] && memmem(data, in.size, SECRET, strlen(SECRET)))
		FAIL("the name of root's VMO is shown");
	if (((const struct genlmsghdr *)NLMSG_DATA(header))->cmd ==
	    ZVMO_CMD_VMO_GET)
		check_vmo(requests, request, in);
	return false;
}

/* So many datagrams at most: true if the answer ended. */
static bool receive(struct requests *requests, const struct request *request,
		    unsigned int nr, int *result)
{
	/* Small, for then the messages of a dump are small, and there are more. */
	static __thread char buffer[4096] __attribute__((aligned(8)));
	const struct nlmsghdr *header;
	bool ended = false;
	ssize_t size;

	while (nr--) {
		size = recv(request->socket->fd, buffer, sizeof(buffer),
			    MSG_DONTWAIT);
		if (size < 0 && errno == ENOBUFS)
			continue;
		if (size <= 0)
			break;
		header = (const struct nlmsghdr *)buffer;
		for (; NLMSG_OK(header, size);
		     header = NLMSG_NEXT(header, size))
			ended |= take(requests, request, header, result);
		if (ended && request->is_dump)
			break;
	}
	return ended;
}

/* What must come of it if it is good; 1: that cannot be told. */
static int verdict(struct requests *requests, const struct request *request)
{
	const struct requests_vmo *vmo;

	switch (request->operation->command) {
	case ZVMO_CMD_VMO_GET:
		if (request->is_dump)
			return 0;
		/* fallthrough */
	case ZVMO_CMD_VMO_SET:
	case ZVMO_CMD_PAGE_MAP_GET:
	case ZVMO_CMD_MAPPING_GET:
		if (!requests->is_alone)
			return 1;
		vmo = find_vmo(requests, request->id);
		return vmo && request->sees[!vmo->is_root] ? 0 : -ENOENT;
	case ZVMO_CMD_VMO_DISCARD:
		return 1;
	default:
		return 0;
	}
}

/* It was done. */
static void carry_out(struct requests *requests, const struct request *request)
{
	struct requests_vmo *vmo = find_vmo(requests, request->id);
	unsigned int i;

	requests->nr_good++;
	if (request->operation->command == ZVMO_CMD_VMO_SET && vmo)
		memcpy(vmo->name, request->name, sizeof(vmo->name));
	for (i = 0; i < REQUESTS_SETTINGS; i++)
		if (request->given & (2U << i))
			requests->settings[i] = request->settings[i];
}

static void judge(struct requests *requests, const struct request *request,
		  int result)
{
	int expected = verdict(requests, request);

	if (requests->trace)
		test_note("  is %d", result);
	EXPECT(is_documented(result));
	if (request->is_bad)
		EXPECT_LE(result, -1);
	else if (expected <= 0)
		EXPECT_EQ(result, expected);
	if (!result)
		carry_out(requests, request);
	if (request->operation->command == ZVMO_CMD_CONFIG_SET)
		check_settings(requests, true);
	if (request->operation->changes)
		check_names(requests, true);
}

static void do_request(struct requests *requests)
{
	struct request request;
	int result = 0;

	compose(requests, &request);
	prepare(requests, &request);
	if (!send_bytes(requests, &request, request.bytes,
			header_of(&request)->nlmsg_len))
		return;
	if (receive(requests, &request, 10000, &result))
		judge(requests, &request, result);
	else
		FAIL("no answer");
}

/* Sockets */

static void socket_open(struct requests *requests,
			struct requests_socket *opened)
{
	opened->is_root = requests->is_root;
	opened->fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	ASSERT(opened->fd >= 0);
}

static void find_family(void)
{
	struct nl *nl = nl_open();

	family_number = nl->family;
	group_number = nl->group;
	nl_close(nl);
}

static void socket_renew(struct requests *requests,
			 struct requests_socket *socket)
{
	test_close(socket->fd);
	become_somebody(requests);
	socket_open(requests, socket);
}

/* Half a dump, perhaps something else before it is read, and the socket goes. */
static void do_half_dump(struct requests *requests)
{
	struct request request, other;
	int result;

	do
		compose(requests, &request);
	while (!request.is_dump);
	prepare(requests, &request);
	send_bytes(requests, &request, request.bytes,
		   header_of(&request)->nlmsg_len);
	become_somebody(requests);
	receive(requests, &request, below(requests, 6), &result);
	if (below(requests, 2)) {
		compose(requests, &other);
		other.socket = request.socket;
		other.has_address = request.has_address;
		other.operation = &operations[5];
		header_of(&other)->nlmsg_len = HEADERS;
		((struct genlmsghdr *)NLMSG_DATA(header_of(&other)))->cmd =
			ZVMO_CMD_STATS_GET;
		send_bytes(requests, &other, other.bytes, HEADERS);
		receive(requests, &request, 1, &result);
	}
	socket_renew(requests, request.socket);
}

/* Bytes of a message changed, its own headers' too; or several in one go. */
static void do_mutated(struct requests *requests)
{
	char bytes[4 * REQUEST_MAX];
	struct request request;
	unsigned int nr = 1 + below(requests, 3), changes;
	struct nlmsghdr *header;
	size_t size = 0, length, at;
	int result;

	do {
		compose(requests, &request);
		header = header_of(&request);
		header->nlmsg_flags &= ~NLM_F_ACK;
		length = NLMSG_ALIGN(header->nlmsg_len);
		memcpy(bytes + size, request.bytes, length);
		header = (struct nlmsghdr *)(bytes + size);
		for (changes = below(requests, 5); changes; changes--) {
			at = below(requests, length);
			bytes[size + at] = test_random(&requests->random);
		}
		/* Never another family's, who knows what they do. */
		if (header->nlmsg_type >= GENL_ID_CTRL)
			header->nlmsg_type = family_number;
		size += length;
	} while (--nr);
	request.operation = &operations[0];
	prepare(requests, &request);
	send_bytes(requests, &request, bytes, size);
	receive(requests, &request, 100, &result);
	check_settings(requests, !request.may_see_all);
	check_names(requests, !request.may_see_all);
	socket_renew(requests, request.socket);
}

/* Events */

/* Only the privileged may listen; a socket that does is not asked through. */
static void do_listen(struct requests *requests)
{
	struct requests_socket socket;
	int size = 1, result;

	become_somebody(requests);
	socket_open(requests, &socket);
	doing(requests, "listen by %s", who(requests->is_root));
	setsockopt(socket.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	result = setsockopt(socket.fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
			    &group_number, sizeof(group_number));
	if (requests->can_become_root || !requests->is_alone)
		EXPECT_EQ(result ? -errno : 0, requests->is_root ? 0 : -EPERM);
	if (requests->listener >= 0)
		close(requests->listener);
	requests->listener = socket.fd;
}

static void do_hear(struct requests *requests)
{
	char buffer[4096];

	if (requests->listener < 0)
		return;
	doing(requests, "hear an event");
	(void)!recv(requests->listener, buffer, sizeof(buffer), MSG_DONTWAIT);
}

/* All of it */

/**
 * requests_step() - Do something.
 * @requests: With this.
 */
void requests_step(struct requests *requests)
{
	struct requests_vmo *vmo = some_vmo(requests);

	switch (below(requests, 32)) {
	case 0 ... 5:
		do_create(requests, vmo);
		break;
	case 6 ... 7:
		do_snapshot(requests, vmo);
		break;
	case 8 ... 9:
		do_use(requests, vmo);
		break;
	case 10 ... 11:
		do_close(requests, vmo);
		break;
	case 12:
		socket_renew(
			requests,
			&requests->sockets[below(requests, REQUESTS_SOCKETS)]);
		break;
	case 13:
		do_listen(requests);
		break;
	case 14:
		do_hear(requests);
		break;
	case 15 ... 18:
		do_half_dump(requests);
		break;
	case 19 ... 21:
		do_mutated(requests);
		break;
	default:
		do_request(requests);
	}
}

/**
 * requests_begin() - Begin, as who this process is.
 * @requests: What to begin with.
 * @seed: Of the random numbers.
 * @is_alone: Nobody else changes anything; and there are two users.
 */
void requests_begin(struct requests *requests, uint64_t seed, bool is_alone)
{
	unsigned int i;

	memset(requests, 0, sizeof(*requests));
	requests->random = seed;
	requests->is_root = !getuid();
	requests->is_alone = is_alone;
	requests->can_become_root = is_alone;
	requests->listener = -1;
	find_family();
	for (i = 0; i < REQUESTS_VMOS; i++)
		requests->vmos[i].fd = -1;
	for (i = 0; i < REQUESTS_SOCKETS; i++) {
		become(requests, i % 2);
		socket_open(requests, &requests->sockets[i]);
	}
	read_settings(requests->settings);
}

/**
 * requests_end() - Close everything.
 * @requests: What has been begun.
 */
void requests_end(struct requests *requests)
{
	unsigned int i;

	become(requests, true);
	for (i = 0; i < REQUESTS_SOCKETS; i++)
		test_close(requests->sockets[i].fd);
	if (requests->listener >= 0)
		test_close(requests->listener);
	for (i = 0; i < REQUESTS_VMOS; i++)
		if (requests->vmos[i].fd >= 0)
			vmo_end(&requests->vmos[i]);
}
