BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE approval (
	release INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	environment TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	teams TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (release, position), 
	FOREIGN KEY(release) REFERENCES release (number)
)
 WITHOUT ROWID

;
INSERT INTO "approval" VALUES(1,0,'qa','bob','["ops"]',1772443800000000);
CREATE TABLE environment (
	release INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	status TEXT NOT NULL, 
	started_at BIGINT, 
	finished_at BIGINT, 
	healthy_since BIGINT, 
	message TEXT NOT NULL, 
	PRIMARY KEY (release, position), 
	FOREIGN KEY(release) REFERENCES release (number)
)
 WITHOUT ROWID

;
INSERT INTO "environment" VALUES(1,0,'dev','succeeded',NULL,NULL,NULL,'');
INSERT INTO "environment" VALUES(1,1,'qa','pending',NULL,NULL,NULL,'');
INSERT INTO "environment" VALUES(1,2,'prod','pending',NULL,NULL,NULL,'');
INSERT INTO "environment" VALUES(2,0,'dev','pending',NULL,NULL,NULL,'');
INSERT INTO "environment" VALUES(2,1,'qa','pending',NULL,NULL,NULL,'');
INSERT INTO "environment" VALUES(2,2,'prod','pending',NULL,NULL,NULL,'');
INSERT INTO "environment" VALUES(3,0,'dev','pending',NULL,NULL,NULL,'');
INSERT INTO "environment" VALUES(3,1,'qa','pending',NULL,NULL,NULL,'');
INSERT INTO "environment" VALUES(3,2,'prod','pending',NULL,NULL,NULL,'');
CREATE TABLE event (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	release INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	environment TEXT NOT NULL, 
	application TEXT NOT NULL, 
	role TEXT NOT NULL, 
	message TEXT NOT NULL, 
	FOREIGN KEY(release) REFERENCES release (number)
);
INSERT INTO "event" VALUES(1,1,1772443800000000,'ann','release.created','','','','');
INSERT INTO "event" VALUES(2,1,1772443800000000,'promo','release.running','','','','');
INSERT INTO "event" VALUES(3,1,1772443800000000,'promo','release.running','','','','');
INSERT INTO "event" VALUES(4,1,1772443800000000,'promo','release.running','','','','');
INSERT INTO "event" VALUES(5,1,1772443800000000,'promo','release.running','','','','');
INSERT INTO "event" VALUES(6,1,1772443800000000,'promo','release.running','','','','');
INSERT INTO "event" VALUES(7,1,1772443800000000,'promo','release.failed','','','','qa failed');
INSERT INTO "event" VALUES(8,2,1772443800000000,'ann','release.created','','','','');
INSERT INTO "event" VALUES(9,2,1772443800000000,'cleo','asked.terminate','','','','wrong version');
INSERT INTO "event" VALUES(10,3,1772443800000000,'ann','release.created','','','','');
CREATE TABLE occupancy (
	product TEXT NOT NULL, 
	environment TEXT NOT NULL, 
	release INTEGER NOT NULL, 
	asked BOOLEAN NOT NULL, 
	PRIMARY KEY (product, environment), 
	FOREIGN KEY(release) REFERENCES release (number)
)
 WITHOUT ROWID

;
INSERT INTO "occupancy" VALUES('blog','dev',3,0);
CREATE TABLE origin (
	"key" TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	release INTEGER, 
	at BIGINT NOT NULL, 
	message TEXT NOT NULL, 
	PRIMARY KEY ("key"), 
	FOREIGN KEY(release) REFERENCES release (number)
)
 WITHOUT ROWID

;
INSERT INTO "origin" VALUES('commit:shop:standard:c0ffee','d1',NULL,1772445600000000,'the plan is blocked');
CREATE TABLE "plan" (
	release INTEGER NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (release), 
	FOREIGN KEY(release) REFERENCES release (number)
);
INSERT INTO "plan" VALUES(1,'{}');
INSERT INTO "plan" VALUES(2,'{"plan": true}');
INSERT INTO "plan" VALUES(3,'{}');
CREATE TABLE release (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	product TEXT NOT NULL, 
	flow TEXT, 
	version TEXT, 
	commit_sha TEXT NOT NULL, 
	"exclusive" BOOLEAN NOT NULL, 
	initiator TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	spec TEXT NOT NULL, 
	status TEXT NOT NULL, 
	started_at BIGINT, 
	deadline BIGINT, 
	finished_at BIGINT, 
	message TEXT NOT NULL, 
	ended_by TEXT NOT NULL, 
	context TEXT NOT NULL, 
	reported TEXT NOT NULL, 
	report_at BIGINT, 
	next_due BIGINT, 
	owner TEXT, 
	lease_until BIGINT, 
	epoch BIGINT DEFAULT 0 NOT NULL, 
	wake BIGINT DEFAULT 0 NOT NULL, 
	last_save TEXT DEFAULT '' NOT NULL, 
	UNIQUE (id)
);
INSERT INTO "release" VALUES(1,'0001aa','shop','standard','2.0','c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ff',1,'ann',1772443800000000,'{"format":"promo.release/v1","product":"shop","flow":"standard","commit":{"application":"argocd/shop-dev","repo_url":"https://git.example.com/shop/deploy.git","sha":"c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ff","author":"Ann <ann@example.com>","date":"2026-03-02T09:30:00+00:00","message":"2.0"},"version":"2.0","timeout":3600,"concurrency":"queue","hooks":{"start":null,"success":null,"failure":null},"environments":[{"name":"dev","kind":"non-prod","after":[],"action":null,"rollback":false,"gates":{"soak":0,"approvals":null,"window":null,"freezes":[]},"hooks":{"start":null,"success":null,"failure":null},"applications":[{"target":{"key":"argocd/shop-dev","name":"shop-dev","namespace":"argocd","project":"default","runtime":"","repo_url":"https://git.example.com/shop/deploy.git","branch":"main","folder":"dev","hydrated":false,"head":""},"source":null,"pre_action":null,"post_action":{"name":"smoke-tests","declared":null,"required":[]},"version_from":null}],"settings":[]},{"name":"qa","kind":"non-prod","after":["dev"],"action":"commit","rollback":false,"gates":{"soak":0,"approvals":null,"window":null,"freezes":[]},"hooks":{"start":null,"success":null,"failure":null},"applications":[{"target":{"key":"argocd/shop-qa","name":"shop-qa","namespace":"argocd","project":"default","runtime":"","repo_url":"https://git.example.com/shop/deploy.git","branch":"main","folder":"qa","hydrated":false,"head":""},"source":{"environment":"dev","application":"argocd/shop-dev","repo_url":"https://git.example.com/shop/deploy.git","branch":"main","folder":"apps/dev","files":[{"file":"values.yaml","json_paths":["$.image.tag"]}],"version":{"file":"Chart.yaml","json_path":"$.appVersion"}},"pre_action":null,"post_action":{"name":"smoke-tests","declared":null,"required":[]},"version_from":null}],"settings":[]},{"name":"prod","kind":"prod","after":["qa"],"action":"commit","rollback":false,"gates":{"soak":0,"approvals":null,"window":null,"freezes":[]},"hooks":{"start":null,"success":null,"failure":null},"applications":[{"target":{"key":"argocd/shop-prod","name":"shop-prod","namespace":"argocd","project":"default","runtime":"","repo_url":"https://git.example.com/shop/deploy.git","branch":"main","folder":"prod","hydrated":false,"head":""},"source":{"environment":"dev","application":"argocd/shop-dev","repo_url":"https://git.example.com/shop/deploy.git","branch":"main","folder":"apps/dev","files":[{"file":"values.yaml","json_paths":["$.image.tag"]}],"version":{"file":"Chart.yaml","json_path":"$.appVersion"}},"pre_action":null,"post_action":{"name":"smoke-tests","declared":null,"required":[]},"version_from":null}],"settings":[]}],"labels":{"team":"payments"}}','failed',1772443800000000,1772447400000000,1772443800000000,'qa failed','','{"TICKET":"\u00e4-7"}','failed',NULL,NULL,NULL,NULL,1,0,'3fa1f7171ae5d6bae28749a0');
INSERT INTO "release" VALUES(2,'0002bb','shop','standard','2.0','c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ff',1,'ann',1772443800000000,'{"format":"promo.release/v1","product":"shop","flow":"standard","commit":{"application":"argocd/shop-dev","repo_url":"https://git.example.com/shop/deploy.git","sha":"c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ff","author":"Ann <ann@example.com>","date":"2026-03-02T09:30:00+00:00","message":"2.0"},"version":"2.0","timeout":3600,"concurrency":"queue","hooks":{"start":null,"success":null,"failure":null},"environments":[{"name":"dev","kind":"non-prod","after":[],"action":null,"rollback":false,"gates":{"soak":0,"approvals":null,"window":null,"freezes":[]},"hooks":{"start":null,"success":null,"failure":null},"applications":[{"target":{"key":"argocd/shop-dev","name":"shop-dev","namespace":"argocd","project":"default","runtime":"","repo_url":"https://git.example.com/shop/deploy.git","branch":"main","folder":"dev","hydrated":false,"head":""},"source":null,"pre_action":null,"post_action":{"name":"smoke-tests","declared":null,"required":[]},"version_from":null}],"settings":[]},{"name":"qa","kind":"non-prod","after":["dev"],"action":"commit","rollback":false,"gates":{"soak":0,"approvals":null,"window":null,"freezes":[]},"hooks":{"start":null,"success":null,"failure":null},"applications":[{"target":{"key":"argocd/shop-qa","name":"shop-qa","namespace":"argocd","project":"default","runtime":"","repo_url":"https://git.example.com/shop/deploy.git","branch":"main","folder":"qa","hydrated":false,"head":""},"source":{"environment":"dev","application":"argocd/shop-dev","repo_url":"https://git.example.com/shop/deploy.git","branch":"main","folder":"apps/dev","files":[{"file":"values.yaml","json_paths":["$.image.tag"]}],"version":{"file":"Chart.yaml","json_path":"$.appVersion"}},"pre_action":null,"post_action":{"name":"smoke-tests","declared":null,"required":[]},"version_from":null}],"settings":[]},{"name":"prod","kind":"prod","after":["qa"],"action":"commit","rollback":false,"gates":{"soak":0,"approvals":null,"window":null,"freezes":[]},"hooks":{"start":null,"success":null,"failure":null},"applications":[{"target":{"key":"argocd/shop-prod","name":"shop-prod","namespace":"argocd","project":"default","runtime":"","repo_url":"https://git.example.com/shop/deploy.git","branch":"main","folder":"prod","hydrated":false,"head":""},"source":{"environment":"dev","application":"argocd/shop-dev","repo_url":"https://git.example.com/shop/deploy.git","branch":"main","folder":"apps/dev","files":[{"file":"values.yaml","json_paths":["$.image.tag"]}],"version":{"file":"Chart.yaml","json_path":"$.appVersion"}},"pre_action":null,"post_action":{"name":"smoke-tests","declared":null,"required":[]},"version_from":null}],"settings":[]}],"labels":{"team":"payments"}}','queued',NULL,NULL,NULL,'','','{}','',NULL,1772445600000000,'worker-1',1772445603000000,1,1,'');
INSERT INTO "release" VALUES(3,'0003cc','blog','standard','2.0','c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ff',0,'ann',1772443800000000,'{"format":"promo.release/v1","product":"blog","flow":"standard","commit":{"application":"argocd/shop-dev","repo_url":"https://git.example.com/shop/deploy.git","sha":"c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ff","author":"Ann <ann@example.com>","date":"2026-03-02T09:30:00+00:00","message":"2.0"},"version":"2.0","timeout":3600,"concurrency":"terminate","hooks":{"start":null,"success":null,"failure":null},"environments":[{"name":"dev","kind":"non-prod","after":[],"action":null,"rollback":false,"gates":{"soak":0,"approvals":null,"window":null,"freezes":[]},"hooks":{"start":null,"success":null,"failure":null},"applications":[{"target":{"key":"argocd/shop-dev","name":"shop-dev","namespace":"argocd","project":"default","runtime":"","repo_url":"https://git.example.com/shop/deploy.git","branch":"main","folder":"dev","hydrated":false,"head":""},"source":null,"pre_action":null,"post_action":{"name":"smoke-tests","declared":null,"required":[]},"version_from":null}],"settings":[]},{"name":"qa","kind":"non-prod","after":["dev"],"action":"commit","rollback":false,"gates":{"soak":0,"approvals":null,"window":null,"freezes":[]},"hooks":{"start":null,"success":null,"failure":null},"applications":[{"target":{"key":"argocd/shop-qa","name":"shop-qa","namespace":"argocd","project":"default","runtime":"","repo_url":"https://git.example.com/shop/deploy.git","branch":"main","folder":"qa","hydrated":false,"head":""},"source":{"environment":"dev","application":"argocd/shop-dev","repo_url":"https://git.example.com/shop/deploy.git","branch":"main","folder":"apps/dev","files":[{"file":"values.yaml","json_paths":["$.image.tag"]}],"version":{"file":"Chart.yaml","json_path":"$.appVersion"}},"pre_action":null,"post_action":{"name":"smoke-tests","declared":null,"required":[]},"version_from":null}],"settings":[]},{"name":"prod","kind":"prod","after":["qa"],"action":"commit","rollback":false,"gates":{"soak":0,"approvals":null,"window":null,"freezes":[]},"hooks":{"start":null,"success":null,"failure":null},"applications":[{"target":{"key":"argocd/shop-prod","name":"shop-prod","namespace":"argocd","project":"default","runtime":"","repo_url":"https://git.example.com/shop/deploy.git","branch":"main","folder":"prod","hydrated":false,"head":""},"source":{"environment":"dev","application":"argocd/shop-dev","repo_url":"https://git.example.com/shop/deploy.git","branch":"main","folder":"apps/dev","files":[{"file":"values.yaml","json_paths":["$.image.tag"]}],"version":{"file":"Chart.yaml","json_path":"$.appVersion"}},"pre_action":null,"post_action":{"name":"smoke-tests","declared":null,"required":[]},"version_from":null}],"settings":[]}],"labels":{"team":"payments"}}','queued',NULL,NULL,NULL,'','','{}','',NULL,1772445600000000,'worker-1',1772445603000000,1,0,'');
CREATE TABLE request (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	token TEXT NOT NULL, 
	release INTEGER NOT NULL, 
	wish TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	environment TEXT NOT NULL, 
	teams TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	UNIQUE (token), 
	FOREIGN KEY(release) REFERENCES release (number)
);
INSERT INTO "request" VALUES(1,'110b9223-ad27-41b6-b95b-cdea31e1d56f',2,'terminate','cleo',1772443800000000,'','[]','wrong version');
CREATE TABLE source (
	repository TEXT NOT NULL, 
	heads TEXT NOT NULL, 
	asked_at BIGINT, 
	next_due BIGINT NOT NULL, 
	owner TEXT, 
	lease_until BIGINT, 
	epoch BIGINT NOT NULL, 
	wake BIGINT NOT NULL, 
	failures INTEGER NOT NULL, 
	message TEXT NOT NULL, 
	PRIMARY KEY (repository)
)
 WITHOUT ROWID

;
INSERT INTO "source" VALUES('https://git.example.com/apps','{"main": "c0ffee"}',NULL,1772449200000000,NULL,NULL,1,0,0,'');
CREATE TABLE step (
	release INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	environment TEXT NOT NULL, 
	application TEXT NOT NULL, 
	role TEXT NOT NULL, 
	status TEXT NOT NULL, 
	attempt INTEGER NOT NULL, 
	started_at BIGINT, 
	finished_at BIGINT, 
	look_at BIGINT, 
	looked_at BIGINT, 
	tries INTEGER NOT NULL, 
	message TEXT NOT NULL, 
	outputs TEXT NOT NULL, 
	PRIMARY KEY (release, position), 
	FOREIGN KEY(release) REFERENCES release (number)
)
 WITHOUT ROWID

;
INSERT INTO "step" VALUES(1,0,'dev','argocd/shop-dev','health','succeeded',1,1772443800000000,NULL,NULL,NULL,0,'','{"commit":"c0ffee"}');
INSERT INTO "step" VALUES(1,1,'dev','argocd/shop-dev','post-action','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(1,2,'qa','argocd/shop-qa','action','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(1,3,'qa','argocd/shop-qa','health','error',2,NULL,NULL,1772443800000000,NULL,3,'no','{}');
INSERT INTO "step" VALUES(1,4,'qa','argocd/shop-qa','post-action','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(1,5,'prod','argocd/shop-prod','action','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(1,6,'prod','argocd/shop-prod','health','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(1,7,'prod','argocd/shop-prod','post-action','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(2,0,'dev','argocd/shop-dev','health','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(2,1,'dev','argocd/shop-dev','post-action','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(2,2,'qa','argocd/shop-qa','action','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(2,3,'qa','argocd/shop-qa','health','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(2,4,'qa','argocd/shop-qa','post-action','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(2,5,'prod','argocd/shop-prod','action','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(2,6,'prod','argocd/shop-prod','health','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(2,7,'prod','argocd/shop-prod','post-action','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(3,0,'dev','','supersede','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(3,1,'dev','argocd/shop-dev','health','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(3,2,'dev','argocd/shop-dev','post-action','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(3,3,'qa','','supersede','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(3,4,'qa','argocd/shop-qa','action','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(3,5,'qa','argocd/shop-qa','health','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(3,6,'qa','argocd/shop-qa','post-action','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(3,7,'prod','','supersede','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(3,8,'prod','argocd/shop-prod','action','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(3,9,'prod','argocd/shop-prod','health','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
INSERT INTO "step" VALUES(3,10,'prod','argocd/shop-prod','post-action','pending',1,NULL,NULL,NULL,NULL,0,'','{}');
CREATE INDEX release_of_product ON release (product, status, number);
CREATE INDEX release_due ON release (next_due) WHERE next_due IS NOT NULL;
CREATE UNIQUE INDEX release_one_active ON release (product) WHERE exclusive AND status IN ('running', 'suspended', 'terminating');
CREATE INDEX ix_request_release ON request (release);
CREATE INDEX event_of_release ON event (release, id);
CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are only added, never changed'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are only added, never changed'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('release',3);
INSERT INTO "sqlite_sequence" VALUES('event',10);
INSERT INTO "sqlite_sequence" VALUES('request',1);
COMMIT;
